// SPDX-License-Identifier: Apache-2.0

/// A comment that quiets rules: of Slipway, of hadolint (`ignore=`, `stage ignore=`, `global ignore=`), of ShellCheck
/// (`disable=`) or of BuildKit (`check=skip=`).
struct IgnorePragma {
    enum Tool: Substring { case slipway, hadolint, shellcheck, check }
    enum Scope { case next, stage, file }

    let tool: Tool
    let scope: Scope
    /// Names as written.
    let names: [Substring]
    /// Whether something is said after the names.
    let hasReason: Bool

    /// - Parameter comment: What stands behind the `#`.
    init?(_ comment: Substring) {
        var rest = comment.drop(while: Self.isBlank)
        let word = rest.prefix { $0.isLetter }
        guard let tool = Tool(rawValue: word) else { return nil }
        rest = rest.dropFirst(word.count)
        self.tool = tool
        if tool == .check {
            guard let list = Self.value(of: "check", in: comment), let skip = Self.value(of: "skip", in: list) else {
                return nil
            }
            (names, hasReason) = Self.list(skip)
            scope = .next
        } else if tool == .shellcheck {
            guard rest.first.map(Self.isBlank) == true, let list = Self.value(of: "disable", in: rest) else {
                return nil
            }
            (names, hasReason) = Self.list(list)
            scope = .next
        } else {
            guard rest.first.map(Self.isBlank) == true else { return nil }
            rest = rest.drop(while: Self.isBlank)
            let scopes: [(Substring, Scope)] = [("global", .file), ("stage", .stage)]
            let scope = scopes.first { rest.hasPrefix($0.0) }
            if let scope { rest = rest.dropFirst(scope.0.count) }
            guard let list = Self.value(of: "ignore", in: rest) else { return nil }
            (names, hasReason) = Self.list(list)
            self.scope = scope?.1 ?? .next
            // hadolint leaves the whole comment aside when one of its words is no code of its own.
            if tool == .hadolint, !names.allSatisfy({ $0.allSatisfy { "DLSC0123456789".contains($0) } }) { return nil }
        }
        if names.isEmpty { return nil }
    }

    /// The codes of the rules that are meant.
    var codes: Set<String> {
        Set(
            names.flatMap { name -> [String] in
                if name == "all" {
                    switch tool {
                    case .check: return RuleCatalog.codes(sharedWith: .buildKit)
                    case .shellcheck: return RuleCatalog.codes(sharedWith: .shellCheck)
                    case .slipway, .hadolint: break
                    }
                }
                return RuleCatalog.codes(named: String(name))
            })
    }

    /// What follows `name =`.
    private static func value(of name: Substring, in text: Substring) -> Substring? {
        let text = text.drop(while: isBlank)
        guard text.hasPrefix(name) else { return nil }
        let rest = text.dropFirst(name.count).drop(while: isBlank)
        return rest.first == "=" ? rest.dropFirst() : nil
    }

    private static func list(_ text: Substring) -> ([Substring], hasReason: Bool) {
        var names: [Substring] = []
        var rest = text.drop(while: isBlank)
        while true {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            if name.isEmpty { break }
            names.append(name)
            rest = rest.dropFirst(name.count).drop(while: isBlank)
            guard rest.first == "," else { break }
            rest = rest.dropFirst().drop(while: isBlank)
        }
        return (names, rest.contains { $0.isLetter })
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}
