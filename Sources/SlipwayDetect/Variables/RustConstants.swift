// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The constants of Rust crates that hold names of variables, read when one of them is first asked for:
/// `pub const TOKEN_ENV: &str = "SHOP_TOKEN";`.
struct RustConstants {
    private let tree: SourceTree
    private var known: [String: String]?

    init(_ tree: SourceTree) { self.tree = tree }

    /// The reads of a file whose constants are found.
    mutating func reads(of file: FileReads) -> [VariableRead] {
        guard !file.constants.isEmpty else { return [] }
        let constants = known ?? Self.constants(in: tree)
        known = constants
        var found = FileReads(file.code)
        for read in file.constants {
            guard let name = constants[read.constant.name] else { continue }
            found.add(name, line: read.constant.line, required: read.required)
        }
        return found.effective
    }

    /// By name, without the module: constants that hold names of variables seldom share one.
    private static func constants(in tree: SourceTree) -> [String: String] {
        var constants: [String: String] = [:]
        for entry in tree.entries
        where entry.path.utf8.suffix(3).elementsEqual(".rs".utf8) && SourceFilter.isApplication(entry.path) {
            guard let bytes = tree.bytes(entry.path), bytes.count <= SourceFilter.largestInBytes,
                let text = tree.text(entry.path), text.contains("&str = \"") || text.contains("&'static str = \"")
            else { continue }
            let code = Code(path: entry.path, language: .rust, bytes: bytes)
            for index in 0..<code.count where code.isWord(index, of: ["const", "static"]) {
                guard let name = code.word(index + 1), code.isMark(index + 2, ":"),
                    let sign = (index + 3..<min(index + 8, code.count)).first(where: { code.isMark($0, "=") }),
                    let value = code.string(sign + 1), EnvironmentName.isScreaming(value)
                else { continue }
                constants[name] = constants[name] ?? value
            }
        }
        return constants
    }
}
