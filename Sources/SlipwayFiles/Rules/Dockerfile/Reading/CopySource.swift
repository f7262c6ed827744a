// SPDX-License-Identifier: Apache-2.0

/// One source of a COPY, as it is written.
enum CopySource {
    /// Whether it brings a path of the context: the file, a folder around it, or a pattern.
    static func brings(_ source: String, _ path: String) -> Bool {
        var clean = GoPath.clean(source)
        if clean.hasPrefix("/") { clean = String(clean.dropFirst()) }
        if clean == "." || clean.isEmpty || clean == path || path.hasPrefix(clean + "/") { return true }
        guard clean.contains("*") || clean.contains("?") || clean.contains("[") else { return false }
        let pattern = clean.split(separator: "/")
        let names = path.split(separator: "/")
        guard pattern.count <= names.count else { return false }
        return zip(pattern, names).allSatisfy { fits(Array($0.utf8), Array($1.utf8)) }
    }

    private static func fits(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        // A class of letters is taken as anything: better a finding less.
        if first == UInt8(ascii: "[") { return true }
        if first == UInt8(ascii: "*") {
            return (0...name.count).contains { fits(Array(pattern.dropFirst()), Array(name.dropFirst($0))) }
        }
        guard let letter = name.first, first == UInt8(ascii: "?") || first == letter else { return false }
        return fits(Array(pattern.dropFirst()), Array(name.dropFirst()))
    }
}
