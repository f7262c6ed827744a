// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One `[package]` of Cargo.toml.
struct CargoPackage {
    let directory: String
    /// Path of Cargo.toml.
    let manifest: String
    let name: String
    private let root: DataNode

    init?(_ tree: SourceTree, manifest: String) {
        guard let text = tree.text(manifest), let root = TOMLDocument(parsing: text).root,
            let name = root["package"]?["name"]?.string
        else { return nil }
        self.manifest = manifest
        self.root = root
        self.name = name
        directory = manifest.parentDirectory
    }

    var dependencies: [(name: String, line: Int)] {
        (root["dependencies"]?.mapping?.entries ?? []).map { ($0.key, $0.line) }
    }

    /// The line of a dependency.
    func dependency(_ name: String) -> Int? { dependencies.first { $0.name == name }?.line }

    /// Whether a crate is asked for with a feature, here or in the workspace's table that the package points to.
    func hasFeature(_ prefix: String, of crates: [String], _ workspace: String, _ tree: SourceTree) -> Bool {
        crates.contains { crate in
            guard let own = root["dependencies"]?[crate] else { return false }
            var features = own["features"]?.texts ?? []
            if own["workspace"]?.bool == true, let text = tree.text(workspace.appending(path: "Cargo.toml")) {
                let shared = TOMLDocument(parsing: text).root?.at("workspace", "dependencies", crate)
                features += shared?["features"]?.texts ?? []
            }
            return features.contains {
                $0 == prefix || $0.hasPrefix(prefix + "_") || $0.hasPrefix(prefix + "-") || $0 == "sqlx-\(prefix)"
            }
        }
    }

    /// A program that only brings a database up to date.
    var isMigration: Bool { dependency("sea-orm-migration") != nil && directory.lastPathComponent.contains("migrat") }

    /// The package with those of the repository that it depends on, directly or through others.
    func withLocalPackages(_ packages: [CargoPackage]) -> [CargoPackage] {
        var found = [self]
        var seen: Set<String> = [name]
        var next = 0
        while next < found.count {
            for dependency in found[next].dependencies where !seen.contains(dependency.name) {
                guard let local = packages.first(where: { $0.name == dependency.name }) else { continue }
                seen.insert(local.name)
                found.append(local)
            }
            next += 1
        }
        return found
    }

    /// Names of binaries, the default one first.
    func binaries(in tree: SourceTree) -> [String] {
        var names: [String] = []
        if let main = root["package"]?["default-run"]?.string { names.append(main) }
        if tree.contains(directory.appending(path: "src/main.rs")) { names.append(name) }
        names += (root["bin"]?.sequence ?? []).compactMap { $0["name"]?.string }
        for entry in tree.files(under: directory.appending(path: "src/bin")) {
            let inside = entry.path.relative(to: directory.appending(path: "src/bin")) ?? ""
            let first = inside.split(separator: "/").first.map(String.init) ?? ""
            if first.hasSuffix(".rs") { names.append(String(first.dropLast(3))) }
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// The nearest folder above that declares a workspace, or the package's own.
    func workspaceRoot(in tree: SourceTree) -> String {
        for folder in PathText.ancestors(of: directory) {
            guard let text = tree.text(folder.appending(path: "Cargo.toml")), text.utf8.contains("[workspace]") else {
                continue
            }
            return folder
        }
        return directory
    }

    /// The channel of rust-toolchain, or `rust-version`.
    func rustVersion(in tree: SourceTree) -> (String, (file: String, number: Int))? {
        for folder in PathText.ancestors(of: directory) {
            let toolchain = folder.appending(path: "rust-toolchain.toml")
            if let text = tree.text(toolchain),
                let channel = TOMLDocument(parsing: text).root?["toolchain"]?["channel"],
                let version = channel.string, version.first?.isNumber == true
            {
                return (version, (toolchain, channel.line))
            }
            let plain = folder.appending(path: "rust-toolchain")
            if let text = tree.text(plain), text.first?.isNumber == true {
                return (String(text.prefix { !$0.isWhitespace }), (plain, 1))
            }
        }
        guard let node = root["package"]?["rust-version"], let version = node.string else { return nil }
        return (version, (manifest, node.line))
    }
}
