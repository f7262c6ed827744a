// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A place that reads the variable whose name a constant of another file holds: `os.Getenv(EnvPort)`.
struct ConstantRead {
    var constant: NamedConstant
    var required: Bool
}

/// A constant as it is mentioned.
struct NamedConstant {
    /// The package in front of it; `nil` for one of the same package.
    var package: String?
    var name: String
    var line: Int

    /// `TOKEN_ENV`, `crate::TOKEN_ENV` of Rust; `nil` for anything else.
    init?(rust code: Code, _ range: Range<Int>) {
        guard let last = code.word(range.upperBound - 1), EnvironmentName.isScreaming(last),
            range.allSatisfy({ code.kind($0) == .word || code.isMark($0, ":") })
        else { return nil }
        name = last
        line = code.line(range.lowerBound)
    }

    /// `EnvPort`, `config.EnvPort`; `nil` for anything else.
    init?(_ code: Code, _ range: Range<Int>) {
        guard let last = code.word(range.upperBound - 1), range.count == 1 || range.count == 3 else { return nil }
        if range.count == 3 {
            guard code.isMark(range.lowerBound + 1, "."), last.first?.isUppercase == true else { return nil }
            package = code.word(range.lowerBound)
        }
        name = last
        line = code.line(range.lowerBound)
    }
}

/// Constants of other files that hold names of variables, language by language.
struct NamedConstants {
    private var go: GoConstants
    private var rust: RustConstants

    init(_ tree: SourceTree) {
        go = GoConstants(tree)
        rust = RustConstants(tree)
    }

    /// The reads of a file whose constants are found.
    mutating func reads(of file: FileReads) -> [VariableRead] {
        file.code.language == .rust ? rust.reads(of: file) : go.reads(of: file)
    }
}
