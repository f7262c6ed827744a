// SPDX-License-Identifier: Apache-2.0

/// A version as files write it.
struct LanguageVersion {
    let major: Int
    let minor: Int?

    init?(_ text: String) {
        let parts = text.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map(String.init)
        guard let first = parts.first, let major = Int(first) else { return nil }
        self.major = major
        minor = parts.count > 1 ? Int(parts[1]) : nil
    }

    /// A range with a lowest and perhaps a first forbidden version.
    struct Requirement {
        let text: String
        let lowest: String
        fileprivate let least: LanguageVersion
        fileprivate let below: LanguageVersion?

        func allows(_ version: LanguageVersion) -> Bool {
            let value = (version.major, version.minor ?? 0)
            if value < (least.major, least.minor ?? 0) { return false }
            if let below, value >= (below.major, below.minor ?? 0) { return false }
            return true
        }
    }

    /// `requires-python = ">=3.11,<4"`
    static func requirement(_ key: String, in text: String) -> Requirement? {
        guard let line = text.split(separator: "\n").first(where: { $0.trimmed.hasPrefix(key) }),
            let equals = line.firstIndex(of: "=")
        else { return nil }
        let value = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" && $0 != " " }
        var least: LanguageVersion?
        var below: LanguageVersion?
        for part in value.split(separator: ",") {
            if part.hasPrefix(">=") { least = LanguageVersion(String(part.dropFirst(2))) }
            if part.hasPrefix("<"), !part.hasPrefix("<=") { below = LanguageVersion(String(part.dropFirst(1))) }
            if part.hasPrefix("~=") || part.hasPrefix("==") { least = LanguageVersion(String(part.dropFirst(2))) }
        }
        guard let least else { return nil }
        return Requirement(text: value, lowest: "\(least.major).\(least.minor ?? 0)", least: least, below: below)
    }

    /// The lowest major version of an engines range, when every alternative has one.
    static func least(_ range: String) -> Int? {
        let majors = range.split(separator: "|").compactMap { part -> Int? in
            let text = part.drop { !$0.isNumber }
            return part.contains("<") && !part.contains(">") ? 0 : LanguageVersion(String(text))?.major
        }
        return majors.min()
    }
}
