// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the deployment runs when it starts: commands of images, services, platforms and units, and the scripts behind
/// them.
enum StartingText {
    static func all(in repository: CheckedRepository) -> [String] {
        let images = repository.dockerfiles.filter { !DevelopmentPath.isLikely($0.location) }.compactMap { file in
            file.stages.last.flatMap { stage in
                file.lineage(of: stage).last { ["CMD", "ENTRYPOINT"].contains($0.keyword) }?.text
            }
        }
        let services = repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { file in
            file.services.compactMap { service in service.node["command"] ?? service.node["entrypoint"] }.map { node in
                node.text ?? (node.sequence ?? []).compactMap(\.text).joined(separator: " ")
            }
        }
        let platforms =
            repository.procfiles.map(\.text) + repository.renderBlueprints.map(\.text)
            + repository.railwayConfigs.map(\.text) + repository.flyFiles.map(\.text) + repository.units.map(\.text)
            + repository.supervisorFiles.map(\.text)
        let direct = images + services + platforms
        // A script runs when it says so by its name, or when one of the commands names it.
        let scripts = repository.scripts.filter { script in
            let name = SourceTree.Entry(path: script.location).name
            return script.isStart || direct.contains { $0.contains(name) }
        }
        return direct + scripts.map(\.document.text)
    }

    /// Code that says by its path that nobody deploys it, and that one of the commands starts all the same.
    static func hiddenCode(
        in repository: CheckedRepository, _ starts: [String], _ endings: [String], _ words: [String]
    ) -> [CodeText] {
        repository.tree.entries.compactMap { entry in
            let stem = String(entry.name.prefix { $0 != "." })
            guard stem.utf8.count > 7, endings.contains(where: entry.name.hasSuffix),
                DevelopmentPath.isLikely(entry.path), !entry.path.lowercased().contains("test"),
                !entry.path.contains("node_modules/"), starts.contains(where: { names(stem, in: $0) }),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                words.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                let text = repository.tree.text(entry.path)
            else { return nil }
            return CodeText(path: entry.path, text: text)
        }
    }

    /// Whether the name stands in it as a whole word.
    static func names(_ stem: String, in text: String) -> Bool {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.contains { $0 == stem }
    }
}
