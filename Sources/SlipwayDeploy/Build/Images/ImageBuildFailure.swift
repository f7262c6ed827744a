// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Why an image could not be built.
enum ImageBuildFailure {
    /// The last two are what BuildKit's client says when its connection breaks.
    private static let engineIsGone = [
        "Cannot connect to the Docker daemon", "error during connect", "failed to connect to the docker API",
        "error reading from server: EOF", "failed to receive status: rpc error: code = Unavailable",
    ]

    static func error(
        _ build: ImageBuild, by builder: ImageBuilder, result: CommandResult, log: String
    ) -> SlipwayError {
        let lines = result.lastLines(200)
        let text = lines.joined(separator: "\n")
        let details = Array(relevant(lines).suffix(24)) + ["whole log: \(log)"]
        func error(_ code: SlipwayError.Code, _ message: String, _ hint: String?) -> SlipwayError {
            SlipwayError(code, message, hint: hint ?? "less \(ShellWord.quote(log))", details: details)
        }
        if Self.engineIsGone.contains(where: { text.contains($0) }) {
            return error(.dockerUnreachable, "the container engine went away during the build", "slipway doctor")
        }
        if text.contains("unknown command: docker buildx") || text.contains("'buildx' is not a docker command")
            || text.contains("unknown flag: --progress")
        {
            return error(.missingTool, "docker has no buildx plugin", "apt-get install docker-buildx-plugin")
        }
        if text.contains("no space left on device") || text.contains("No space left on device") {
            return error(.diskFull, "no space left to build the image of \(build.service)", "docker system df")
        }
        if let line = lines.last(where: {
            $0.contains("failed to resolve source metadata") || $0.contains("pull access denied")
        })
            ?? lines.last(where: { $0.contains("failed to do request") || $0.contains("manifest unknown") })
        {
            let shown = line.split(separator: ": ").suffix(3).joined(separator: ": ")
            return error(
                .buildFailed, "a base image of \(build.service) cannot be pulled: \(shown)",
                "docker pull IMAGE   # is its name right, is the registry reached, are you logged in")
        }
        if text.contains("exec format error") || text.contains("does not match the specified platform") {
            return error(
                .buildFailed, "a base image of \(build.service) is for another kind of processor",
                "docker buildx build --platform, or a base image for this machine")
        }
        return error(
            .buildFailed, "the image of \(build.service) cannot be built: \(builder.name) \(result.end)",
            BuildFailure.hint(text))
    }

    /// From the step that failed on; BuildKit's summary repeats its last lines.
    private static func relevant(_ lines: [String]) -> [String] {
        guard let start = lines.lastIndex(where: { $0.hasPrefix("------") }),
            let first = lines[..<start].lastIndex(where: { $0.hasPrefix("------") })
        else { return lines }
        return Array(lines[first...])
    }
}
