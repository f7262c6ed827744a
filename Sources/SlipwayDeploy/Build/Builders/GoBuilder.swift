// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Go modules. `go build -o` is sent to the builds folder, so that a running program is never overwritten.
package struct GoBuilder: NativeBuilder {
    package init() {}

    package func accepts(_ service: Service) -> Bool { service.language == "go" }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        let go = try ExecutableSearch.require("go", path: input.path)
        let version = try await runner.run(Command(go, ["version"], deadline: .seconds(60))).standardOutput
        guard let build = input.service.build, let output = Self.output(of: build) else {
            return try await ShellBuilder().plan(input, runner: runner)
        }
        let key = Fingerprint.source(input, also: [build, version])
        let folder = input.builds + "/" + BuildStage.folder(input.service.name, .build, key: key)
        let name = String(output.split(separator: "/").last ?? "server")
        let program = "\(folder)/bin/\(name)"
        var words = ShellWord.split(build) ?? []
        if let index = words.firstIndex(of: "-o") { words[index + 1] = program }
        let stage = BuildStage(
            input.service.name, .build, key: key,
            commands: [input.shell(words.map(ShellWord.quote).joined(separator: " "))], products: [program])
        return BuildPlan(stages: [stage], start: input.service.start.flatMap { Self.start($0, output, program) })
    }

    /// Where a simple `go build` writes its program.
    private static func output(of build: String) -> String? {
        guard let words = ShellWord.split(build), words.starts(with: ["go", "build"]),
            let index = words.firstIndex(of: "-o"), index + 1 < words.count
        else { return nil }
        return words[index + 1]
    }

    private static func start(_ text: String, _ output: String, _ program: String) -> String? {
        guard var words = ShellWord.split(text), let first = words.first else { return nil }
        guard first == output || first == "./" + output || "./" + first == output else { return nil }
        words[0] = program
        return words.map(ShellWord.quote).joined(separator: " ")
    }
}
