// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension RequiredReads {
    /// Whether only settings for production read it.
    static func isForProduction(_ variable: Variable) -> Bool {
        let places = variable.origins.compactMap(OriginPlace.of)
        return !places.isEmpty
            && places.allSatisfy { DevelopmentPath.isProduction(SourceTree.Entry(path: $0.path).name) }
    }

    /// Whether a script that starts a container puts it together: `export DATABASE_URL="postgres://..."`.
    static func isExported(_ name: String, in tree: SourceTree) -> Bool {
        let sign = Array("export \(name)=".utf8)
        return tree.entries.contains { entry in
            guard entry.name.hasSuffix(".sh") || entry.name.contains("entrypoint"), let bytes = tree.bytes(entry.path)
            else { return false }
            return ByteSearch.contains(sign, in: bytes)
        }
    }

    /// Whether the program certainly ends when it starts without the variable: a module of Python looks it up while it is
    /// imported, or makes the settings of pydantic that want it.
    static func endStart(_ variable: Variable, in tree: SourceTree) -> Bool {
        variable.required && variable.default == nil
            && variable.origins.compactMap(OriginPlace.of).contains { place in
                guard place.path.hasSuffix(".py"), !DevelopmentPath.isLikely(place.path),
                    let text = tree.text(place.path)
                else { return false }
                let code = CodeText(path: place.path, text: text)
                guard code.lines.indices.contains(place.line - 1) else { return false }
                return isLookedUp(place.line - 1, in: code) || isSetting(place.line - 1, in: code)
            }
    }

    /// `KEY = os.environ["KEY"]`, also inside of a table that a module fills.
    private static func isLookedUp(_ index: Int, in code: CodeText) -> Bool {
        let line = code.bare[index]
        let isLookup = line.contains("environ['") || line.contains("env['") || line.contains("ENV['")
        let isSoft = ["if", "else", "or", "not", "in"].contains { word in code.lines[index].contains(" \(word) ") }
        return isLookup && !isSoft && PythonBlocks.isAtImport(index, in: code.lines)
    }

    /// `api_key: str` of settings that the same file makes.
    private static func isSetting(_ index: Int, in code: CodeText) -> Bool {
        let line = code.bare[index]
        guard line.contains(":"), !line.contains("="), !line.contains("None"), !line.contains("Optional"),
            let opener = PythonBlocks.openers(of: index, in: code.lines).first,
            code.lines[opener].hasPrefix("class "), code.bare[opener].contains("BaseSettings)")
        else { return false }
        let name = code.lines[opener].dropFirst(6).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return code.bare.contains { $0.hasSuffix("=\(name)()") || $0.contains(":\(name)=\(name)()") }
    }
}
