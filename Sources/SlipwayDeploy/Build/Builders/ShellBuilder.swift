// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Runs the service's own install and build commands in its folder, whatever they are.
package struct ShellBuilder: NativeBuilder {
    package init() {}

    package func accepts(_ service: Service) -> Bool { true }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        var plan = BuildPlan()
        if let install = input.service.install {
            let key = Fingerprint.dependencies(input, also: [install, input.root])
            plan.stages.append(
                BuildStage(
                    input.service.name, .install, key: key, commands: [input.shell(install)], isInPlace: true))
        }
        plan.addBuild(of: input)
        return plan
    }
}

extension BuildPlan {
    /// Adds the service's build command, if it has one, and the copy of what the edge serves.
    package mutating func addBuild(of input: BuildInput, also parts: [String] = [], products: [String] = []) {
        let service = input.service
        guard let build = service.build else { return }
        // What stands in the service's own folder is there for this folder only.
        let place = service.role.isServedFromFiles ? [] : [input.root]
        let key = Fingerprint.source(input, also: [build, service.outputDirectory ?? ""] + place + parts)
        var stage = BuildStage(service.name, .build, key: key, products: products, isInPlace: true)
        // Pages that are served keep what their build was told; a process reads its values again when it starts.
        let values = service.role.isServedFromFiles ? [:] : input.runVariables
        stage.commands = [
            input.shell(
                build, pathEntries: pathEntries,
                environment: values.merging(input.variables) { $1 }.merging(environment) { $1 })
        ]
        if service.role.isServedFromFiles {
            let output = service.outputDirectory.map { input.directory + "/" + $0 } ?? input.directory
            stage.collection = BuildStage.Collection(source: output, destination: "files")
            stage.isInPlace = false
            files = "\(input.builds)/\(stage.folder)/files"
        }
        stages.append(stage)
    }
}
