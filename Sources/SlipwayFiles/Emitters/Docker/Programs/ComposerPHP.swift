// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which PHP an image takes: the newest that gets fixes and that composer.json and every locked package allow.
///
/// Composer installs without asking, because its stage has no extensions; what a package needs is asked by
/// vendor/composer/platform_check.php at each request.
struct ComposerPHP {
    /// Newest first (www.php.net/supported-versions.php, October 2025).
    private static let released = [
        "8.4", "8.3", "8.2", "8.1", "8.0", "7.4", "7.3", "7.2", "7.1", "7.0", "5.6",
    ]

    private let input: ImageInput

    init(_ input: ImageInput) { self.input = input }

    var text: String {
        let stated = input.version(2, default: Self.released[0])
        let origin = input.layout.app.origins["services.\(input.service.name).languageVersion"]
        // A hand-written image names one version; composer.json says which would do.
        let isRequirement = origin?.file.map { $0.hasSuffix("composer.json") } ?? true
        let wanted = requirements
        guard !wanted.isEmpty, isRequirement || !wanted.allSatisfy({ Self.allows($0, stated) }) else {
            return stated
        }
        if let fixed = root("composer.json")?["config"]?["platform"]?["php"]?.string {
            let short = fixed.split(separator: ".").prefix(2).joined(separator: ".")
            if Self.released.contains(short) { return short }
        }
        return Self.released.first { version in wanted.allSatisfy { Self.allows($0, version) } } ?? stated
    }

    private func root(_ file: String) -> DataNode? {
        input.text(file).flatMap { JSONDocument(parsing: $0, dialect: .tolerant).root }
    }

    /// What the project and the packages of production say of PHP.
    private var requirements: [String] {
        let packages = root("composer.lock")?["packages"]?.sequence ?? []
        let roots = [root("composer.json")].compactMap(\.self) + packages
        return roots.compactMap { $0["require"]?["php"]?.string }
    }

    /// Whether Composer's requirement admits some patch of a version (getcomposer.org/doc/articles/versions.md).
    static func allows(_ requirement: String, _ version: String) -> Bool {
        let alternatives = requirement.replacing("||", with: "|").split(separator: "|")
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return alternatives.contains { alternative in
            var words = alternative.split { $0 == " " || $0 == "," }.map(String.init)
            if words.count == 3, words[1] == "-" { words = [">=" + words[0], "<=" + words[2]] }
            return joined(words).allSatisfy { admits($0, numbers) }
        }
    }

    /// `>= 8.1` as one word.
    private static func joined(_ words: [String]) -> [String] {
        var found: [String] = []
        for word in words {
            if let last = found.last, !last.contains(where: \.isNumber), last != "*" {
                found[found.count - 1] = last + word
            } else {
                found.append(word)
            }
        }
        return found
    }

    private static func admits(_ text: String, _ version: [Int]) -> Bool {
        let sign = String(text.prefix { "<>=!~^".contains($0) })
        let stated = text.dropFirst(sign.count).drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }
            .split(separator: ".").compactMap { Int($0) }
        guard let major = stated.first else { return true }
        let minor = Array((stated + [0]).prefix(2))
        // Only the first two numbers are chosen; the image has the newest patch.
        let isBelow = version.lexicographicallyPrecedes(minor)
        switch sign {
        case ">=": return !isBelow
        case ">": return stated.count > 2 ? !isBelow : minor.lexicographicallyPrecedes(version)
        case "<": return isBelow || stated.count > 2 && stated[2] > 0 && version == minor
        case "<=": return stated.count > 1 ? isBelow || version == minor : version[0] <= major
        case "!=": return true
        case "^": return !isBelow && version[0] == major
        case "~": return stated.count > 2 ? version == minor : !isBelow && version[0] == major
        default: return stated.count > 1 ? version == minor : version[0] == major
        }
    }
}
