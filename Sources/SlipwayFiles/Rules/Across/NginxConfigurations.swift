// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The nginx configurations that an image takes from the repository.
enum NginxConfigurations {
    /// - Returns: `nil` when a configuration cannot be read or stands nowhere.
    static func of(_ unit: DeployedUnit) -> [CheckedFile<NginxFile>] {
        let tree = unit.dockerfile.repository.tree
        var paths: Set<String> = []
        let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
        for instruction in unit.instructions where instruction.keyword == "COPY" || instruction.keyword == "ADD" {
            guard instruction.flag("from") == nil, let target = instruction.arguments.last,
                target.contains("/etc/nginx")
            else { continue }
            for source in instruction.arguments.dropLast() {
                for base in [unit.context, folder, "."].compactMap({ $0 }) {
                    let path = GoPath.clean(base + "/" + source)
                    if tree.contains(path) {
                        paths.insert(path)
                        break
                    }
                    if tree.hasDirectory(path) {
                        paths.formUnion(tree.files(under: path).map(\.path))
                        break
                    }
                }
            }
        }
        for mount in unit.service?.mounts ?? [] where mount.target.contains("/etc/nginx") {
            if let path = mount.source.flatMap({ unit.compose?.resolve($0) }) { paths.insert(path) }
        }
        return unit.dockerfile.repository.nginxFiles.filter { paths.contains($0.location) }
    }

    /// The ports that they listen on; the image's own default without any; `nil` when unknown.
    static func ports(of unit: DeployedUnit) -> Set<UInt16>? {
        let files = of(unit)
        guard !files.isEmpty else {
            let touches = unit.instructions.contains { $0.keyword != "CMD" && $0.text.contains("/etc/nginx") }
            guard !touches, let base = unit.dockerfile.finalBase.map(ImageName.init), base.name == "nginx" else {
                return nil
            }
            return [80]
        }
        guard files.allSatisfy({ !$0.text.contains("listen ${") && !$0.text.contains("listen $") }) else { return nil }
        let ports = Set(files.flatMap { $0.servers.flatMap(\.ports) })
        return ports.isEmpty ? nil : ports
    }
}
