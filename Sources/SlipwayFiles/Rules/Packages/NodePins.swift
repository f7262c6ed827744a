// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What one package.json says about its packages.
struct NodePins {
    /// The file.
    let place: String
    /// Its folder, `.` at the root.
    let folder: String
    let root: DataNode
    private let ranges: [String: (range: PackageRange, line: Int)]
    /// Declared for development alone.
    let developmentNames: Set<String>

    static func all(in tree: SourceTree) -> [NodePins] {
        tree.files(named: "package.json").compactMap { entry in
            guard !entry.path.contains("node_modules/"), let text = tree.text(entry.path),
                let root = JSONDocument(parsing: text).root
            else { return nil }
            return NodePins(entry, root)
        }
    }

    /// The package that a file belongs to.
    static func nearest(to path: String, of all: [NodePins]) -> NodePins? {
        all.filter { $0.folder == "." || path.hasPrefix($0.folder + "/") }
            .max { ($0.folder == "." ? 0 : $0.folder.utf8.count) < ($1.folder == "." ? 0 : $1.folder.utf8.count) }
    }

    private init(_ entry: SourceTree.Entry, _ root: DataNode) {
        (place, folder, self.root) = (entry.path, entry.directory, root)
        var ranges: [String: (range: PackageRange, line: Int)] = [:]
        for group in ["devDependencies", "dependencies"] {
            for item in root[group]?.mapping?.entries ?? [] {
                guard let text = item.value.text, let range = Self.range(text) else { continue }
                ranges[item.key] = (range, item.line)
            }
        }
        self.ranges = ranges
        let own = Set(root["dependencies"]?.mapping?.keys ?? [])
        developmentNames = Set(root["devDependencies"]?.mapping?.keys ?? []).subtracting(own)
    }

    /// Of `^4 || ^5` nothing certain follows.
    private static func range(_ text: String) -> PackageRange? {
        guard !text.contains("||"), !text.contains(":"), !text.contains(" - ") else { return nil }
        return PackageRange(text.replacing(" ", with: ","), bareIsExact: true)
    }

    func has(_ name: String) -> Bool { ranges[name] != nil }
    func line(of name: String) -> Int? { ranges[name]?.line }
    /// Whether every version that fits is this one or a later one.
    func isAtLeast(_ name: String, _ version: PackageVersion) -> Bool {
        ranges[name]?.range.isAtLeast(version) ?? false
    }
    /// Whether every version that fits is older.
    func isBelow(_ name: String, _ version: PackageVersion) -> Bool {
        ranges[name]?.range.staysBelow(version) ?? false
    }
    /// The one version that fits.
    func exact(_ name: String) -> PackageVersion? {
        ranges[name].flatMap { $0.range.isExact ? $0.range.lowest : nil }
    }
    func lowest(_ name: String) -> PackageVersion? { ranges[name]?.range.lowest }

    var scripts: [(key: String, text: String, line: Int)] {
        (root["scripts"]?.mapping?.entries ?? []).compactMap { entry in
            entry.value.text.map { (entry.key, $0, entry.line) }
        }
    }

    /// Whether Node reads its .js files as ES modules.
    var isModule: Bool { root["type"]?.text == "module" }
}
