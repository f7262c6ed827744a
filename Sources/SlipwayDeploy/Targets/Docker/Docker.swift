// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayFiles
package import SlipwayHost
import Synchronization

/// A container engine, reached through the `docker` command: so contexts, `DOCKER_HOST` and ssh work as everywhere.
package struct Docker: Sendable {
    /// An engine that answers nothing for so long is not going to.
    private static let usualDeadline = Duration.seconds(60)

    package let runner: any ByteRunner
    /// Joins that of every command.
    private(set) var environment: [String: String] = [:]

    package init(runner: any ByteRunner = LocalRunner()) { self.runner = runner }

    /// - Parameter secrets: Join the environment of the command, for `--secret id=NAME,env=NAME` and `${NAME}`.
    package static func command(
        _ arguments: [String], directory: String? = nil, environment: [String: String] = [:],
        secrets: [String: Secret] = [:], deadline: Duration? = nil
    ) -> Command {
        let own = ["DOCKER_CLI_HINTS": "false", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"]
        return Command(
            "docker", arguments, environment: environment.merging(own) { $1 },
            secrets: secrets, directory: directory, deadline: deadline ?? usualDeadline)
    }

    /// The same engine, whose commands have these variables: Compose puts them into its files. A file of variables
    /// would be read with rules of its own for quotes and dollar signs. What changes the command itself stays out.
    func with(_ values: [String: String]) -> Docker {
        let own: Set<String> = ["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "LD_LIBRARY_PATH"]
        var copy = self
        copy.environment = values.filter { !own.contains($0.key) && !$0.key.hasPrefix("COMPOSE_") }
        return copy
    }

    /// All of standard output.
    /// - Throws: ``SlipwayError`` `docker-failed` with the engine's own words, `docker-unreachable`.
    package func text(
        _ arguments: [String], directory: String? = nil, secrets: [String: Secret] = [:], deadline: Duration? = nil
    ) async throws -> String {
        let answer = try await answer(arguments, directory: directory, secrets: secrets, deadline: deadline)
        guard answer.succeeded else { throw Self.failure(arguments, answer) }
        return answer.output
    }

    /// One JSON value of standard output.
    package func json(
        _ arguments: [String], directory: String? = nil, secrets: [String: Secret] = [:]
    ) async throws -> DataNode {
        let text = try await text(arguments, directory: directory, secrets: secrets)
        if let root = JSONDocument(parsing: text).root { return root }
        throw SlipwayError(.dockerFailed, "docker \(arguments.first ?? "") answered no JSON")
    }

    /// How a command ended and all it said; failing is an answer.
    package func answer(
        _ arguments: [String], directory: String? = nil, secrets: [String: Secret] = [:], deadline: Duration? = nil
    ) async throws -> DockerAnswer {
        let bytes = Mutex<[UInt8]>([])
        let command = Self.command(
            arguments, directory: directory, environment: environment, secrets: secrets, deadline: deadline)
        let result: CommandResult
        do {
            result = try await runner.stream(command) { piece in
                bytes.withLock { if $0.count < DockerAnswer.limit { $0 += piece } }
            }
        } catch let error as SlipwayError where error.code == .missingTool {
            throw SlipwayError(
                .dockerUnreachable, "docker is not installed, or not on PATH", hint: "slipway doctor", cause: error)
        }
        let answer = DockerAnswer(
            end: result.end, output: String(decoding: bytes.withLock { $0 }, as: UTF8.self),
            errors: result.lines.map(\.text))
        if !answer.succeeded, answer.saysUnreachable {
            throw SlipwayError(
                .dockerUnreachable, "no container engine answers", hint: "slipway doctor",
                details: answer.errors.suffix(3))
        }
        return answer
    }

    private static func failure(_ arguments: [String], _ answer: DockerAnswer) -> SlipwayError {
        let words = arguments.prefix { !$0.hasPrefix("/") }.prefix(4).joined(separator: " ")
        return SlipwayError(
            .dockerFailed, "docker \(words) \(answer.end)", hint: "slipway doctor",
            details: Array(answer.errors.suffix(12)))
    }
}

/// How a `docker` command ended.
package struct DockerAnswer: Sendable {
    /// Answers are lists and inspections; a log that is longer is cut here.
    static let limit = 64 << 20

    package let end: CommandResult.End
    package let output: String
    /// The last lines of standard error.
    package let errors: [String]

    package var succeeded: Bool { end == .exited(0) }
    /// Standard output and standard error, trimmed.
    package var lines: [String] {
        (output.split(whereSeparator: \.isNewline).map(String.init) + errors).filter { !$0.isEmpty }
    }
    var saysUnreachable: Bool {
        errors.contains { line in
            ["Cannot connect to the Docker daemon", "error during connect", "failed to connect to the docker API"]
                .contains { line.contains($0) }
        }
    }
}
