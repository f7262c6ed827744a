// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One `[package]` of Cargo.toml.
package struct CargoPackage {
    package let directory: String
    /// Path of Cargo.toml.
    package let manifest: String
    package let name: String
    package let root: DataNode

    package init?(_ tree: SourceTree, manifest: String) {
        guard let text = tree.text(manifest), let root = TOMLDocument(parsing: text).root,
            let name = root["package"]?["name"]?.string
        else { return nil }
        self.manifest = manifest
        self.root = root
        self.name = name
        directory = manifest.parentDirectory
    }

    package var dependencies: [(name: String, line: Int)] {
        (root["dependencies"]?.mapping?.entries ?? []).map { ($0.key, $0.line) }
    }

    /// The line of a dependency.
    package func dependency(_ name: String) -> Int? { dependencies.first { $0.name == name }?.line }

    /// Whether a crate is asked for with a feature, here or in the workspace's table that the package points to.
    package func hasFeature(_ prefix: String, of crates: [String], _ workspace: String, _ tree: SourceTree) -> Bool {
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
    package var isMigration: Bool {
        dependency("sea-orm-migration") != nil && directory.lastPathComponent.contains("migrat")
    }

    /// The package with those of the repository that it depends on, directly or through others.
    package func withLocalPackages(_ packages: [CargoPackage]) -> [CargoPackage] {
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
    package func binaries(in tree: SourceTree) -> [String] {
        var names: [String] = []
        if let main = root["package"]?["default-run"]?.string { names.append(main) }
        let stated = root["bin"]?.sequence ?? []
        let source = "src/main.rs"
        // A [[bin]] gives the program of src/main.rs a name of its own, or makes another one.
        let main = stated.first { $0["path"]?.string.map(GoPath.clean) == source }?["name"]?.string
        if tree.contains(directory.appending(path: source)) { names.append(main ?? name) }
        names += stated.compactMap { $0["name"]?.string }
        for entry in tree.files(under: directory.appending(path: "src/bin")) {
            let inside = entry.path.relative(to: directory.appending(path: "src/bin")) ?? ""
            let first = inside.split(separator: "/").first.map(String.init) ?? ""
            if first.hasSuffix(".rs") { names.append(String(first.dropLast(3))) }
            // A program of several files has a folder of its own.
            if inside == first + "/main.rs" { names.append(first) }
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
