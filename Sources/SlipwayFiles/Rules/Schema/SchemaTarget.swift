// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A place where a program is deployed with a database of its own, and how its file would make the tables.
struct SchemaTarget {
    let file: String
    let line: Int
    /// What people call it.
    let name: String
    /// What to write there; `nil` when any way is good.
    let advice: ((_ command: String) -> String)?

    /// All that deploy the program: images, and the files of platforms that run nothing before a release.
    static func all(of tool: SchemaTool, in repository: CheckedRepository) -> [SchemaTarget] {
        images(tool, repository) + fly(tool, repository) + railway(tool, repository) + render(tool, repository)
    }

    private static func images(_ tool: SchemaTool, _ repository: CheckedRepository) -> [SchemaTarget] {
        var seen: Set<String> = []
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment, tool.belongs(to: unit), unit.app?.role.isServedFromFiles != true,
                seen.insert(unit.dockerfile.location).inserted
            else { return nil }
            let start = unit.instructions.last { ["CMD", "ENTRYPOINT"].contains($0.keyword) }
            return SchemaTarget(
                file: unit.dockerfile.location, line: start?.line ?? unit.stage.from.line, name: "the image",
                advice: nil)
        }
    }

    private static func fly(_ tool: SchemaTool, _ repository: CheckedRepository) -> [SchemaTarget] {
        repository.flyFiles.compactMap { file in
            guard file.folder == tool.folder || repository.flyFiles.count == 1 && file.folder == ".",
                file.releaseCommand == nil
            else { return nil }
            return SchemaTarget(
                file: file.location, line: file.root?["deploy"]?.line ?? file.app?.line ?? 1, name: "Fly"
            ) {
                "add below [deploy], and copy what it needs into the image: release_command = '\($0)'"
            }
        }
    }

    private static func railway(_ tool: SchemaTool, _ repository: CheckedRepository) -> [SchemaTarget] {
        repository.railwayConfigs.compactMap { file in
            guard file.folder == tool.folder || repository.railwayConfigs.count == 1 && file.folder == ".",
                file.releaseCommand == nil, file.schedule == nil
            else { return nil }
            let line = file.startCommand?.line ?? file.root?["deploy"]?.line ?? 1
            return SchemaTarget(file: file.location, line: line, name: "Railway") {
                "write below deploy: preDeployCommand = \"\($0)\""
            }
        }
    }

    private static func render(_ tool: SchemaTool, _ repository: CheckedRepository) -> [SchemaTarget] {
        repository.renderBlueprints.flatMap { file in
            file.services.compactMap { service -> SchemaTarget? in
                let folder = GoPath.clean(service.rootDirectory?.text ?? ".")
                guard service.type == "web", service.runtime != "static", service.releaseCommand == nil,
                    folder == tool.folder
                        || folder == "." && file.services.filter({ $0.runtime != "static" }).count == 1
                else { return nil }
                let line = (service.startCommand ?? service.name)?.line ?? service.node.line
                return SchemaTarget(file: file.location, line: line, name: "Render") {
                    "let startCommand begin with: \($0) &&"
                }
            }
        }
    }
}
