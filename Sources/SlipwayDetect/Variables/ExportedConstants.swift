// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Follows constants that hold a variable's value into the files that import them: one file reads the environment, and
/// others sign, log in and write addresses with what it read.
struct ExportedConstants {
    private var handed: Set<String> = []
    private var tested: Set<String> = []

    /// - Parameter exported: The constants with the variable that each holds.
    init(_ exported: [String: String], in tree: SourceTree, _ candidates: [SourceFile]) {
        // Short names are parts of many words: `PORT` of every import.
        let exported = exported.filter { $0.key.utf8.count > 4 }
        guard !exported.isEmpty else { return }
        let search = ByteSearch(exported.keys.map { $0.lowercased() })
        for candidate in candidates where candidate.language == .javascript || candidate.language == .markup {
            guard let bytes = tree.bytes(at: candidate.position), bytes.count <= SourceFilter.largestInBytes,
                search.isFound(in: bytes), !SourceFilter.isMinified(bytes)
            else { continue }
            read(Code(path: candidate.path, language: candidate.language, bytes: bytes), exported)
        }
    }

    private mutating func read(_ code: Code, _ exported: [String: String]) {
        let imported = Self.imports(of: code)
        guard exported.keys.contains(where: imported.contains) else { return }
        let (sinks, guards) = (JavaScriptSinks(code), JavaScriptGuards(code))
        for index in 0..<code.count {
            guard let word = code.word(index), imported.contains(word), let name = exported[word],
                !code.isMember(index)
            else { continue }
            if guards.names.contains(word) || JavaScriptPlaces.isInserted(code, index, index + 1)
                || sinks.takes(index, index + 1, isBaked: EnvironmentName.isBaked(name))
            {
                handed.insert(name)
            } else if JavaScriptPlaces.isCondition(code, index, index + 1) {
                tested.insert(name)
            }
        }
    }

    /// `import { A, B } from "./config.js"`, `const { A, B } = require("./config")`
    private static func imports(of code: Code) -> Set<String> {
        var names: Set<String> = []
        for index in 0..<code.count {
            var open: Int?
            if code.isWord(index, "import"), code.isMark(index + 1, "{") { open = index + 1 }
            if code.isWord(index, "require"), code.isMark(index - 1, "="), code.isMark(index - 2, "}") {
                open = code.partner(index - 2)
            }
            for range in open.map(code.arguments) ?? [] where range.count == 1 {
                names.insert(code.text(range.lowerBound))
            }
        }
        return names
    }

    func applied(to reads: [VariableRead]) -> [VariableRead] {
        guard !handed.isEmpty || !tested.isEmpty else { return reads }
        return reads.map { read in
            var read = read
            if handed.contains(read.name) { read.isHanded = true }
            if tested.contains(read.name), !handed.contains(read.name) { read.isBare = false }
            return read
        }
    }
}
