// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The file in which gunicorn's settings stand in the place of flags.
struct GunicornFile {
    /// Where it listens; empty when the file does not say it plainly.
    let ports: Set<UInt16>

    /// - Returns: `nil` when the command is no gunicorn's, says the address itself, or the file is not there.
    init?(of line: ServerCommandLine, for unit: DeployedUnit) {
        guard line.program == "gunicorn", !line.hasExplicitPort else { return nil }
        let flag = line.words.firstIndex { $0 == "-c" || $0 == "--config" }
        let named = flag.flatMap { line.words.indices.contains($0 + 1) ? line.words[$0 + 1] : nil }
        let joined = line.words.first { $0.hasPrefix("--config=") }.map { String($0.dropFirst(9)) }
        let name = SourceTree.Entry(path: GoPath.clean(named ?? joined ?? "gunicorn.conf.py")).name
        let tree = unit.dockerfile.repository.tree
        let folders = BuildContexts.of(unit) + [unit.app?.directory].compactMap { $0 }
        let near = folders.lazy.map { GoPath.clean($0 + "/" + name) }.first(where: tree.contains)
        let all = tree.files(named: name)
        guard let path = near ?? (all.count == 1 ? all[0].path : nil), let text = tree.text(path) else {
            // A file that is not seen can say anything.
            if named != nil || joined != nil {
                ports = []
                return
            }
            return nil
        }
        let lines = text.split(separator: "\n").map(\.trimmed)
        guard let bind = lines.last(where: { Self.name(of: $0) == "bind" }) else { return nil }
        ports = Self.port(in: bind, lines, given: unit.environmentPort).map { [$0] } ?? []
    }

    private static func name(of line: String) -> String? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        return line[..<equals].trimmed
    }

    /// `"0.0.0.0:8000"`, `f"0.0.0.0:{PORT}"`, `f"0.0.0.0:{os.getenv('PORT', '8000')}"`
    private static func port(in bind: String, _ lines: [String], given: UInt16?) -> UInt16? {
        guard let colon = bind.lastIndex(of: ":") else { return nil }
        let tail = bind[bind.index(after: colon)...]
        if let number = UInt16(tail.prefix { $0.isNumber }) { return number }
        guard tail.hasPrefix("{") else { return nil }
        let inner = String(tail.dropFirst().prefix { $0 != "}" })
        let isName = inner.allSatisfy { $0.isLetter || $0 == "_" }
        let source = isName ? lines.last { name(of: $0) == inner } : inner
        guard let source, source.contains("environ") || source.contains("getenv") else {
            return source.flatMap { UInt16($0.filter(\.isNumber)) }
        }
        guard source.contains("PORT") else { return nil }
        let code = source.prefix { $0 != "#" }
        return given ?? UInt16(code.split(separator: ",").last?.filter(\.isNumber) ?? "")
    }
}
