// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost
import Synchronization

/// Builds images side by side; BuildKit itself shares what they have in common.
package struct ImageBuildRun: Sendable {
    /// Of a whole build; 30 minutes is what hosted builders give.
    package static let usualDeadline = Duration.seconds(30 * 60)
    /// Before the second and the third attempt.
    private static let pauses: [Duration] = [.seconds(2), .seconds(8)]

    private let runner: any CommandRunner
    private let logs: FileStore
    private let report: DeployEventHandler
    package var deadline = Self.usualDeadline
    /// Whether layers of earlier builds may not be used.
    package var isCold = false

    /// - Parameter logs: Folder that gets one log an image.
    package init(runner: any CommandRunner, logs: FileStore, report: @escaping DeployEventHandler) {
        self.runner = runner
        self.logs = logs
        self.report = report
    }

    /// All of them, at the same time.
    /// - Parameter known: The engine's builder, where somebody has asked already.
    /// - Returns: In the order given.
    /// - Throws: ``SlipwayError`` `build-failed` of the first that failed, with its last lines; the others are ended.
    func run(_ builds: [ImageBuild], with known: ImageBuilder? = nil) async throws -> [BuiltImage] {
        let builder = if let known { known } else { try await ImageBuilder.find(runner: runner) }
        return try await withThrowingTaskGroup(of: (Int, BuiltImage).self) { group in
            for (place, build) in builds.enumerated() {
                group.addTask { (place, try await run(build, with: builder)) }
            }
            var images: [(Int, BuiltImage)] = []
            for try await image in group { images.append(image) }
            return images.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// One image, tried again when the network failed.
    package func run(_ build: ImageBuild) async throws -> BuiltImage {
        try await run(build, with: ImageBuilder.find(runner: runner))
    }

    private func run(_ build: ImageBuild, with builder: ImageBuilder) async throws -> BuiltImage {
        try logs.makeDirectory()
        let start = SystemClock.steady.now
        var attempt = 1
        var build = build
        while true {
            do {
                return try await attemptOnce(build, with: builder, attempt: attempt, start: start)
            } catch let failure as Failure {
                if failure.lacksFrontEnd, let plain = try SyntaxLine.without(build, in: logs) {
                    report(
                        .note("\(build.service): its '# syntax=' image cannot be had; the engine's own reader is used"))
                    build = plain
                    continue
                }
                let spent = SystemClock.steady.now - start
                guard let reason = failure.transient, attempt <= Self.pauses.count, spent < deadline else {
                    throw failure.error
                }
                let pause = Self.pauses[attempt - 1]
                report(.note("the network failed (\(reason)): building \(build.service) again in \(pause)"))
                try await SystemClock.steady.sleep(for: pause)
                attempt += 1
            }
        }
    }

    private struct Failure: Error {
        let error: SlipwayError
        let transient: String?
        /// The image that a `# syntax=` line names could not be pulled.
        let lacksFrontEnd: Bool
    }

    private func attemptOnce(
        _ build: ImageBuild, with builder: ImageBuilder, attempt: Int, start: ContinuousClock.Instant
    ) async throws -> BuiltImage {
        let log = try LogFile(path: logs.resolve("image-\(build.service).log"))
        let output = Mutex(BuildOutput())
        // Two builds of one application write two files.
        let identifierName = ".image-\(build.service)-\(RandomToken.hex(bytes: 4)).id"
        let identifierFile = try logs.resolve(identifierName)
        defer { try? logs.remove(identifierName) }
        let secrets = builder.needsSecretFiles && !build.secrets.isEmpty ? try ScratchFolder() : nil
        defer { secrets?.remove() }
        for (name, value) in build.secrets { try secrets?.files.write(value.reveal(), to: name, mode: 0o600) }
        let command = builder.command(
            for: build, isCold: isCold, identifierFile: identifierFile,
            secretFolder: secrets?.path, deadline: deadline)
        log.write(line: "$ \(command.executable) \(command.arguments.map(ShellWord.quote).joined(separator: " "))")
        report(.started(step: "image \(build.service)", command: nil))
        let report = report
        let begin = SystemClock.steady.now
        let result = try await runner.run(command) { line in
            log.write(line: line.text)
            let spent = (SystemClock.steady.now - begin).seconds
            guard let event = output.withLock({ $0.read(line.text, after: spent) }) else { return }
            switch event {
            case .started: break
            case .reused(let name): report(.finished(step: "\(build.service) \(name)", .reused, after: .zero))
            case .done(let name, let seconds):
                report(.finished(step: "\(build.service) \(name)", .done, after: .milliseconds(Int(seconds * 1000))))
            case .failed(let name, _): report(.finished(step: "\(build.service) \(name)", .failed, after: .zero))
            }
        }
        try log.check()
        let spent = SystemClock.steady.now - start
        guard result.succeeded else {
            report(.finished(step: "image \(build.service)", .failed, after: spent))
            throw Failure(
                error: ImageBuildFailure.error(build, by: builder, result: result, log: log.path),
                transient: TransientFailure.reason(in: result.lastLines(40)),
                lacksFrontEnd: SyntaxLine.isMissed(in: result.lastLines(40)))
        }
        report(.finished(step: "image \(build.service)", .done, after: spent))
        let identifier = try logs.text(identifierName)
        let counts = output.withLock { ($0.stepCount, $0.reusedCount) }
        return BuiltImage(
            service: build.service, tags: build.tags, identifier: identifier, seconds: spent.seconds,
            stepCount: counts.0, reusedCount: counts.1, attempts: attempt, log: log.path,
            base: BaseImage.name(of: build), context: build.context)
    }
}

extension Duration {
    /// As a number, for figures.
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
