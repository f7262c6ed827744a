// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Finds the Python files with the bases, the nested models and the heirs of settings classes, so that the many
/// other models of an application are never parsed.
struct SettingsSearch {
    /// A chain of bases over more files than this ends here.
    private static let deepest = 4

    private(set) var classes: [SettingsClass]
    private(set) var instantiated: Set<String>

    /// - Parameter files: Python files that were not read yet.
    init(_ classes: [SettingsClass], instantiated: Set<String>, in files: [String], of tree: SourceTree) {
        self.classes = classes
        self.instantiated = instantiated
        guard classes.contains(where: \.isSettings) else { return }
        var files = files
        var searched: Set<String> = []
        for _ in 0..<Self.deepest {
            let needles = needles().subtracting(searched)
            if needles.isEmpty || files.isEmpty { break }
            searched.formUnion(needles)
            let search = ByteSearch(needles.map { $0.lowercased() })
            var rest: [String] = []
            for path in files {
                guard let bytes = tree.bytes(path), search.isFound(in: bytes) else {
                    rest.append(path)
                    continue
                }
                var file = FileReads(Code(path: path, language: .python, bytes: bytes))
                PythonSettingsReader().read(file.code, into: &file)
                self.classes += file.settings
                self.instantiated.formUnion(file.instantiated)
            }
            files = rest
        }
    }

    /// `class Database(` for what settings mention, `(BaseAppSettings` for what could inherit from them.
    private func needles() -> Set<String> {
        let known = Set(classes.map(\.name))
        var related = Set(classes.filter(\.isSettings).map(\.name))
        for _ in 0..<Self.deepest {
            for item in classes where !related.isDisjoint(with: item.bases) { related.insert(item.name) }
        }
        var needles: Set<String> = []
        var mentioned: Set<String> = []
        for item in classes where related.contains(item.name) {
            needles.insert("(\(item.name)")
            mentioned.formUnion(item.bases)
            for field in item.fields { mentioned.formUnion(SettingsType(field.annotation).classes) }
        }
        for item in classes where mentioned.contains(item.name) {
            mentioned.formUnion(item.bases)
            for field in item.fields { mentioned.formUnion(SettingsType(field.annotation).classes) }
        }
        for name in mentioned.subtracting(known) where name != "BaseModel" && name != "BaseSettings" {
            needles.insert("class \(name)")
        }
        return needles
    }
}
