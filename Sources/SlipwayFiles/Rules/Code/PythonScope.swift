// SPDX-License-Identifier: Apache-2.0

/// The class that a line of Python stands in.
enum PythonScope {
    /// Whether the class says by its name that only tests use it: `class TestingConfig(Config):`.
    static func isForTests(at index: Int, in lines: [Substring]) -> Bool {
        guard lines.indices.contains(index), let first = lines[index].first, first == " " || first == "\t" else {
            return false
        }
        for line in lines[..<index].reversed() where line.first.map({ $0 != " " && $0 != "\t" && $0 != "#" }) == true {
            guard line.hasPrefix("class ") else { return false }
            return line.prefix { $0 != "(" && $0 != ":" }.contains("Test")
        }
        return false
    }
}
