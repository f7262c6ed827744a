// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders below the working directory that a Swift server writes files to.
enum SwiftUploads {
    private static let bases = [("workingDirectory", ""), ("publicDirectory", "Public/")]
    /// Calls that make a file (docs.vapor.codes/advanced/files, developer.apple.com/documentation/foundation).
    private static let writes = [
        "writeFile(", "mode: .write", "createFile(", "createDirectory(", ".write(to:", ".write(toFile:",
    ]

    static func folders(below directory: String, in tree: SourceTree) -> [(folder: String, file: String, line: Int)] {
        var seen: Set<String> = []
        return tree.files(under: directory).filter { $0.path.hasSuffix(".swift") }.flatMap { entry in
            guard let text = tree.text(entry.path), writes.contains(where: text.contains) else { return [] as [Found] }
            return CodeLine.lines(of: CodeBase.File(path: entry.path, text: text)).compactMap { line in
                guard let folder = folder(in: line.text), seen.insert(folder).inserted else { return nil }
                return (folder, line.file, line.number)
            }
        }
    }

    private typealias Found = (folder: String, file: String, line: Int)

    /// `Storage/Avatars` of `directory.workingDirectory + "Storage/Avatars/" + name`, also inside a text.
    private static func folder(in line: Substring) -> String? {
        for (word, root) in bases {
            guard let range = line.range(ofText: word) else { continue }
            var rest = line[range.upperBound...]
            if rest.hasPrefix(")") {
                rest = rest.dropFirst()
            } else if let quote = rest.firstIndex(of: "\""),
                rest[..<quote].allSatisfy({ $0 == " " || $0 == "+" || $0 == "." || $0 == "(" || $0.isLetter })
            {
                rest = rest[rest.index(after: quote)...]
            } else {
                continue
            }
            let path = rest.prefix { $0 != "\"" && $0 != "\\" }.drop { $0 == "/" }
            // What stands behind the last slash is the file's own name.
            guard let slash = path.lastIndex(of: "/") else { continue }
            let folder = root + path[..<slash]
            let isPlain = folder.allSatisfy { $0.isLetter || $0.isNumber || "_-/".contains($0) }
            guard isPlain, !folder.hasPrefix("Resources"), !folder.hasPrefix("Sources"), !folder.isEmpty else {
                continue
            }
            return folder
        }
        return nil
    }
}
