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

    func hasFeature(_ prefix: String, of crates: [String]) -> Bool {
        crates.contains { crate in
            let features = root["dependencies"]?[crate]?["features"]?.texts ?? []
            return features.contains { $0 == prefix || $0.hasPrefix(prefix + "_") || $0 == "sqlx-\(prefix)" }
        }
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
