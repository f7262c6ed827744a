// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// npm, pnpm, yarn and bun. Dependencies stand in the service's own `node_modules`, where every tool looks for them.
package struct NodeBuilder: NativeBuilder {
    package init() {}

    package func accepts(_ service: Service) -> Bool {
        service.language == "javascript" || service.language == "typescript"
    }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        let service = input.service
        let tool = service.packageManager ?? "npm"
        let needsNode = service.install != nil || service.build != nil || service.start != nil
        guard needsNode else { return BuildPlan() }
        let version = try await Self.version(input, runner: runner, tool: tool == "bun" ? "bun" : "node")
        var plan = BuildPlan(pathEntries: [input.directory + "/node_modules/.bin"])
        if let install = service.install {
            for tool in Set([tool, "npm"]) where install.hasPrefix(tool + " ") {
                _ = try ExecutableSearch.require(tool, path: input.path)
            }
            let key = Fingerprint.dependencies(input, also: [install, version, input.root])
            let hasDependencies =
                input.tree.text(service.path(of: "package.json"))?.contains("ependencies\"") ?? false
            plan.stages.append(
                BuildStage(
                    service.name, .install, key: key,
                    // Production mode would leave out the tools that the build needs.
                    commands: [input.shell(install, environment: ["NODE_ENV": "development"])],
                    products: hasDependencies ? [input.directory + "/node_modules"] : [], isInPlace: true))
        }
        plan.addBuild(of: input, also: [version])
        return plan
    }

    private static func version(_ input: BuildInput, runner: any CommandRunner, tool: String) async throws -> String {
        let executable = try ExecutableSearch.require(tool, path: input.path)
        let result = try await runner.run(Command(executable, ["--version"], deadline: .seconds(30)))
        let found = result.standardOutput.drop { $0 == "v" }
        let origin = input.application.origins["services.\(input.service.name).languageVersion"]
        // Only `engines` in package.json states a need; a base image or .nvmrc states what somebody used.
        if tool == "node", origin?.file?.hasSuffix("package.json") == true, let wanted = input.service.languageVersion,
            let wantedMajor = Int(wanted.prefix { $0.isNumber }), let major = Int(found.prefix { $0.isNumber }),
            major < wantedMajor
        {
            throw SlipwayError(
                .noSuitableRuntime, "\(input.service.name) wants Node.js \(wanted), and this machine has \(found)",
                hint: "nvm install \(wanted)   # or see https://nodejs.org/en/download",
                details: origin.map { ["wanted by \($0.location): \($0.why)"] } ?? [])
        }
        return String(found)
    }
}

extension Service {
    /// A file of the service, relative to the source tree's root.
    func path(of file: String) -> String { directory == "." ? file : directory + "/" + file }
}
