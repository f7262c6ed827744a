// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Laravel keeps what visitors send in `storage/app/public` when the code names the disk `public`.
enum LaravelUploads {
    private static let signs = [
        "Storage::disk('public')->put", "Storage::disk('public')->putFile", "Storage::disk('public')->store",
    ]

    /// The folders that programs of the repository keep uploads in.
    static func kept(in repository: CheckedRepository) -> [KeptFolder] {
        let tree = repository.tree
        return tree.files(named: "artisan").compactMap { artisan in
            let root = artisan.directory == "." ? "" : artisan.directory + "/"
            guard isLocal(tree.text(root + "config/filesystems.php")),
                let place = tree.files(under: root + "app").lazy.compactMap({ use(in: $0, tree) }).first
            else { return nil }
            return KeptFolder(path: "storage/app/public", program: artisan.directory, place: place)
        }
    }

    private static func use(in entry: SourceTree.Entry, _ tree: SourceTree) -> (file: String, line: Int)? {
        guard entry.name.hasSuffix(".php"), let bytes = tree.bytes(entry.path),
            ByteSearch.contains("public".utf8, in: bytes),
            ["->store", "Storage::disk("].contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
            let text = tree.text(entry.path)
        else { return nil }
        let code = CodeText(path: entry.path, text: text)
        let index = code.bare.firstIndex { line in
            signs.contains(where: line.contains)
                || (line.contains("->store(") || line.contains("->storeAs(")) && line.contains(",'public')")
        }
        return index.map { (entry.path, $0 + 1) }
    }

    /// Whether the disk is a folder of the machine, as it is where no file says more.
    private static func isLocal(_ settings: String?) -> Bool {
        guard let settings else { return true }
        let code = CodeText(path: "filesystems.php", text: settings)
        guard let disk = code.bare.firstIndex(where: { $0.hasPrefix("'public'=>[") }) else { return false }
        return code.bare[disk..<min(code.bare.count, disk + 3)].contains { $0.contains("'driver'=>'local'") }
    }
}
