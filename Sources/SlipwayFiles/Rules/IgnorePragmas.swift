// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Comments that quiet a rule: `# slipway ignore=DF001,DF002 reason` for the next instruction or line that is no
/// comment, or for its own line when something stands before it; `# slipway global ignore=DF001 reason` for the file.
/// Those of hadolint, ShellCheck and BuildKit mean what they mean there.
struct IgnorePragmas {
    private var global: Set<String> = []
    private var byLine: [Int: Set<String>] = [:]
    /// Lines of comments to Slipway that give no reason.
    private(set) var linesWithoutReason: [Int] = []

    init(_ text: String) {
        guard Self.mentions(text) else { return }
        var waiting: Set<String> = []
        var waitingStage: Set<String> = []
        var stage: Set<String> = []
        // Of the instruction whose lines go on.
        var continued: Set<String> = []
        var isFirst = true
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = GoPath.trimSpace(String(line))
            let isComment = trimmed.hasPrefix("#")
            if let pragma = Self.pragma(in: line) {
                if pragma.tool == .slipway, !pragma.hasReason { linesWithoutReason.append(index + 1) }
                let codes = pragma.codes
                switch pragma.scope {
                case .file: global.formUnion(codes)
                case .stage: waitingStage.formUnion(codes)
                // Before everything else, ShellCheck and BuildKit mean the whole file.
                case .next where isFirst && isComment && [.shellcheck, .check].contains(pragma.tool):
                    global.formUnion(codes)
                case .next where isComment: waiting.formUnion(codes)
                case .next: byLine[index + 1, default: []].formUnion(codes)
                }
            }
            if isComment { continue }
            if !trimmed.isEmpty { isFirst = false }
            if trimmed.uppercased().hasPrefix("FROM ") {
                stage = waitingStage
                waitingStage = []
            }
            let codes = waiting.union(stage).union(continued)
            waiting = []
            if !codes.isEmpty { byLine[index + 1, default: []].formUnion(codes) }
            continued = trimmed.hasSuffix("\\") ? codes.subtracting(stage) : []
        }
    }

    func covers(_ diagnostic: Diagnostic) -> Bool {
        global.contains(diagnostic.code)
            || diagnostic.line.map { byLine[$0]?.contains(diagnostic.code) == true } == true
    }

    private static func mentions(_ text: String) -> Bool {
        ByteSearch.contains("ignore", in: text) || ByteSearch.contains("disable", in: text)
            || ByteSearch.contains("skip", in: text)
    }

    private static func pragma(in line: Substring) -> IgnorePragma? {
        var rest = line
        while let hash = rest.firstIndex(of: "#") {
            rest = rest[line.index(after: hash)...]
            if let pragma = IgnorePragma(rest) { return pragma }
        }
        return nil
    }
}
