// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The constants of Go packages that hold names of variables, each package read when it is first asked for.
struct GoConstants {
    private let tree: SourceTree
    private var byFolder: [String: [String: String]] = [:]
    private var foldersByName: [String: [String]]?

    init(_ tree: SourceTree) { self.tree = tree }

    /// The reads of a file whose constants are found.
    mutating func reads(of file: FileReads) -> [VariableRead] {
        guard !file.constants.isEmpty else { return [] }
        var found = FileReads(file.code)
        for read in file.constants {
            guard let name = value(of: read.constant, in: file.code.path.parentDirectory) else { continue }
            found.add(name, line: read.constant.line, required: read.required)
        }
        return found.effective
    }

    private mutating func value(of constant: NamedConstant, in folder: String) -> String? {
        guard let package = constant.package else { return constants(of: folder)[constant.name] }
        // A package lies in a folder of its name; the module's path in front of it is not needed to find it.
        let folders = foldersByName ?? goFolders
        foldersByName = folders
        for folder in folders[package] ?? [] {
            if let found = constants(of: folder)[constant.name] { return found }
        }
        return nil
    }

    /// The folders with Go files, by their last name, in order.
    private var goFolders: [String: [String]] {
        var folders: [String: [String]] = [:]
        var last = ""
        for entry in tree.files(ending: "go") where entry.directory != last {
            last = entry.directory
            folders[last.lastPathComponent, default: []].append(last)
        }
        return folders
    }

    private mutating func constants(of folder: String) -> [String: String] {
        if let known = byFolder[folder] { return known }
        var constants: [String: String] = [:]
        for entry in tree.files(under: folder)
        where entry.directory == folder && entry.name.hasSuffix(".go") && !entry.name.hasSuffix("_test.go") {
            guard let bytes = tree.bytes(entry.path), bytes.count <= SourceFilter.largestInBytes else { continue }
            let code = Code(path: entry.path, language: .go, bytes: bytes)
            for index in 0..<code.count where code.isMark(index, "=") && !code.isMark(index, "==") {
                // A type may stand between the name and the sign.
                guard let text = code.string(index + 1), EnvironmentName.isScreaming(text) else { continue }
                let name = code.isWord(index - 1, "string") ? code.word(index - 2) : code.word(index - 1)
                if let name { constants[name] = constants[name] ?? text }
            }
        }
        byFolder[folder] = constants
        return constants
    }
}
