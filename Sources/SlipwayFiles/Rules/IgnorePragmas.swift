// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Comments that quiet a rule: `# slipway ignore=DF001,DF002 reason` for the next line that is no comment, or for its
/// own line when something stands before it; `# slipway global ignore=DF001 reason` for the file. Those of hadolint
/// mean the same.
struct IgnorePragmas {
    private var global: Set<String> = []
    private var byLine: [Int: Set<String>] = [:]

    init(_ text: String) {
        guard Self.mentions(text) else { return }
        var waiting: Set<String> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = GoPath.trimSpace(String(line))
            let isComment = trimmed.hasPrefix("#")
            if let hash = line.lastIndex(of: "#"), let pragma = Self.read(line[line.index(after: hash)...]) {
                if pragma.isGlobal {
                    global.formUnion(pragma.codes)
                } else if isComment {
                    waiting.formUnion(pragma.codes)
                } else {
                    byLine[index + 1, default: []].formUnion(pragma.codes)
                }
            }
            guard !isComment, !waiting.isEmpty else { continue }
            byLine[index + 1, default: []].formUnion(waiting)
            waiting = []
        }
    }

    func covers(_ diagnostic: Diagnostic) -> Bool {
        global.contains(diagnostic.code)
            || diagnostic.line.map { byLine[$0]?.contains(diagnostic.code) == true } == true
    }

    private static func mentions(_ text: String) -> Bool {
        let word = Array("ignore=".utf8)
        return text.utf8.contains(word[0]) && (text.contains("slipway ") || text.contains("hadolint "))
    }

    private static func read(_ comment: Substring) -> (codes: Set<String>, isGlobal: Bool)? {
        var words = comment.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        guard let tool = words.popFirst(), tool == "slipway" || tool == "hadolint" else { return nil }
        let isGlobal = words.first == "global"
        if isGlobal { words.removeFirst() }
        guard let first = words.popFirst(), first.hasPrefix("ignore=") else { return nil }
        var list = String(first.dropFirst("ignore=".count))
        while list.isEmpty || list.hasSuffix(","), let next = words.popFirst() { list += next }
        return (Set(list.split(separator: ",").flatMap { RuleCatalog.codes(named: String($0)) }), isGlobal)
    }
}
