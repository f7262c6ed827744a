// SPDX-License-Identifier: Apache-2.0

/// The names that a file gives to the variables it reads, and where it hands them.
struct JavaScriptLocals {
    private let code: Code
    private let sinks: JavaScriptSinks
    var bindings: [String: String] = [:]
    /// Variables that go to a place that cannot work without them.
    private var handed: Set<String> = []
    /// Lines on which a signature is made with a variable that has no default there, whatever other places say.
    private var signed: Set<String> = []

    init(_ code: Code) {
        self.code = code
        sinks = JavaScriptSinks(code)
    }

    /// Looks at what stands around one read.
    mutating func note(_ file: inout FileReads, at position: Int, from start: Int, end: Int) {
        let name = file.reads[position].name
        var begin = start
        switch JavaScriptPlaces.arm(code, start) {
        // What only developers need, nobody who deploys gives.
        case .development: return file.relax(from: position)
        case .production(let first): begin = first
        case nil: break
        }
        if let local = binding(before: begin) { bindings[local] = name }
        let after = code.isMark(end, "[") ? (code.partner(end) ?? end) + 1 : (code.afterDot(end) ?? end) + 1
        guard file.reads[position].isBare,
            sinks.takes(start, after, isBaked: EnvironmentName.isBaked(name))
        else { return }
        handed.insert(name)
        if isSignature(start) { signed.insert("\(file.reads[position].line):\(name)") }
    }

    private func isSignature(_ start: Int) -> Bool {
        guard let open = code.parent(start), code.isMark(open, "(") else { return false }
        return code.isWord(open - 1, "sign")
    }

    /// Follows the names to where they are used.
    func finish(_ file: inout FileReads) {
        var handed = handed
        let bare = Set(file.reads.filter(\.isBare).map(\.name))
        let isFollowed = bindings.values.contains { bare.contains($0) }
        for index in isFollowed ? 0..<code.count : 0..<0 {
            guard let word = code.word(index), !code.isMember(index), let name = bindings[word], bare.contains(name),
                !handed.contains(name), sinks.takes(index, index + 1, isBaked: EnvironmentName.isBaked(name))
            else { continue }
            handed.insert(name)
        }
        file.hand(handed)
        file.require { $0.isBare && signed.contains("\($0.line):\($0.name)") }
        for (local, name) in bindings where bare.contains(name) && isExported(local) { file.exported[local] = name }
    }

    /// `export const X`, `module.exports = { X }`
    private func isExported(_ local: String) -> Bool {
        (0..<code.count).contains { index in
            guard code.isWord(index, local), !code.isMember(index) else { return false }
            if code.isWord(index - 1, of: ["const", "let"]) { return code.isWord(index - 2, "export") }
            guard let open = code.parent(index), code.isMark(open, "{") else { return false }
            return code.isWord(open - 1, "export") || code.isMark(open - 1, "=") && code.isWord(open - 2, "exports")
        }
    }

    /// The name that a declaration gives to the expression.
    private func binding(before index: Int) -> String? {
        guard code.isMark(index - 1, "=") else { return nil }
        for back in stride(from: index - 2, to: max(-1, index - 10), by: -1)
        where code.isWord(back, of: ["const", "let", "var"]) {
            return code.word(back + 1)
        }
        return code.word(index - 2)
    }
}
