// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Swift packages. The scratch folder stands below the builds folder, so that the repository's own `.build` is left
/// alone and one build continues where the last one ended. What it made is copied out of it, because the next build
/// replaces it, and an earlier release must start its own program again.
package struct SwiftBuilder: NativeBuilder {
    package init() {}

    package func accepts(_ service: Service) -> Bool { service.language == "swift" }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        var input = input
        let swift = try ExecutableSearch.require("swift", path: input.path)
        let version = try await runner.run(Command(swift, ["--version"], deadline: .seconds(60))).standardOutput
        let scratch = "\(input.builds)/\(input.service.name)/swift"
        input.service.build = Self.build(input.service.build ?? "swift build -c release", scratch: scratch)
        var plan = BuildPlan(start: input.service.start.flatMap { Self.start($0, scratch: scratch) })
        plan.addBuild(of: input, also: [version], products: [scratch])
        keepProgram(of: &plan, scratch: scratch, builds: input.builds)
        return plan
    }

    private func keepProgram(of plan: inout BuildPlan, scratch: String, builds: String) {
        guard let index = plan.stages.indices.last, var words = plan.start.flatMap(ShellWord.split),
            let program = words.first, program.hasPrefix(scratch + "/"), let slash = program.lastIndex(of: "/")
        else { return }
        let (folder, name) = (String(program[..<slash]), String(program[program.index(after: slash)...]))
        let kept = "\(builds)/\(plan.stages[index].folder)/bin"
        // Bundles with a package's resources are looked for beside the program.
        let copy = """
            mkdir -p \(ShellWord.quote(kept)) && cp -a \(ShellWord.quote(program)) \(ShellWord.quote(kept))/ || exit 1
            for bundle in \(ShellWord.quote(folder))/*.resources; do
                [ -e "$bundle" ] && cp -a "$bundle" \(ShellWord.quote(kept))/
            done
            true
            """
        plan.stages[index].commands.append(
            Command("/bin/sh", ["-c", copy], deadline: BuildLimits.command))
        plan.stages[index].products = ["\(kept)/\(name)"]
        plan.stages[index].isInPlace = false
        words[0] = "\(kept)/\(name)"
        plan.start = words.map(ShellWord.quote).joined(separator: " ")
    }

    /// `swift build` with the scratch folder said; other commands stay as they are.
    package static func build(_ text: String, scratch: String) -> String {
        guard let words = ShellWord.split(text), words.starts(with: ["swift", "build"]),
            !words.contains("--scratch-path")
        else { return text }
        return (words + ["--scratch-path", scratch]).map(ShellWord.quote).joined(separator: " ")
    }

    /// The built program in the scratch folder, for the two ways to write it.
    package static func start(_ text: String, scratch: String) -> String? {
        guard var words = ShellWord.split(text), let first = words.first else { return nil }
        for prefix in [".build/", "./.build/"] where first.hasPrefix(prefix) {
            words[0] = scratch + "/" + first.dropFirst(prefix.count)
            return words.map(ShellWord.quote).joined(separator: " ")
        }
        guard words.starts(with: ["swift", "run"]) else { return nil }
        let valued: Set<String> = ["-c", "--configuration", "--scratch-path", "--package-path", "-Xswiftc"]
        var index = 2
        while index < words.count, words[index].hasPrefix("-") { index += valued.contains(words[index]) ? 2 : 1 }
        guard index < words.count else { return nil }
        return (["\(scratch)/release/\(words[index])"] + words[(index + 1)...]).map(ShellWord.quote)
            .joined(separator: " ")
    }
}
