// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Versions that get no more fixes (endoflife.date, October 2025).
enum OldImages {
    /// The first major version that is still served.
    private static let firstServed: [String: [Int]] = [
        "node": [20], "python": [3, 10], "ruby": [3, 2], "php": [8, 2], "debian": [11], "ubuntu": [22],
        "alpine": [3, 20],
        "postgres": [13], "redis": [6, 2], "mysql": [8], "elixir": [1, 14], "golang": [1, 23],
    ]
    /// Whether a version that a recipe would take gets fixes, so that no file of ours is one to warn of.
    static func isServed(_ image: String, _ version: String) -> Bool {
        guard let first = firstServed[image] else { return true }
        return !version.split(separator: ".").map { Int($0) ?? 0 }.lexicographicallyPrecedes(first)
    }

    private static let endedNames: Set<String> = [
        "jessie", "stretch", "buster", "wheezy", "xenial", "bionic", "trusty", "focal", "precise",
    ]
    private static let endedImages: Set<String> = ["openjdk", "centos", "java"]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        let scope = file.document.globalScope()
        return file.stages.compactMap { stage in
            guard stage.parent == nil else { return nil }
            let expansion = scope.expand(stage.base, escape: file.document.escape)
            guard expansion.failure == nil, expansion.unknown.isEmpty else { return nil }
            let image = expansion.text
            guard image.split(separator: "/").count == 1 || image.contains("library/"), let reason = reason(image)
            else {
                return nil
            }
            let isArchived = isArchived(image) && installs(stage, in: file)
            return Violation(
                line: stage.from.line,
                "\(image) gets no more fixes\(isArchived ? ", and apt-get finds its packages no more" : ""); \(reason)",
                severity: isArchived ? .error : nil)
        }
    }

    /// Whose packages deb.debian.org has no more (www.debian.org/distrib/archive).
    private static let archived = ["jessie", "stretch", "buster", "wheezy"]

    /// Whether the image says so, or stayed where its versions ended.
    private static func isArchived(_ image: String) -> Bool {
        if archived.contains(where: image.contains) { return true }
        let name = ImageName(image)
        let words = (name.tag ?? "").split(separator: "-").map(String.init)
        guard words.dropFirst().allSatisfy({ $0 == "slim" }) else { return false }
        let version = (words.first ?? "").split(separator: ".").compactMap { Int($0) }
        switch name.name {
        case "node":
            return !version.isEmpty && version[0] > 8 && version.lexicographicallyPrecedes([16, 17])
                && (version[0] < 16 || version.count > 2)
        case "python":
            // bullseye came in August 2021, in the middle of these.
            let firstLater = [6: 14, 7: 11, 8: 11, 9: 6]
            return version.count > 2 && version[0] == 3 && (firstLater[version[1]].map { version[2] < $0 } ?? false)
        default: return false
        }
    }

    private static func installs(_ stage: DockerfileStage, in file: CheckedDockerfile) -> Bool {
        let text = stage.instructions.filter { $0.keyword == "RUN" }.map(\.text).joined(separator: "\n")
        return (text.contains("apt-get") || text.contains("apt ")) && !text.contains("archive.debian.org")
    }

    private static func reason(_ image: String) -> String? {
        let name = ImageText.shortName(of: image)
        if endedImages.contains(name) {
            return name == "centos" ? "use rockylinux or almalinux" : "use eclipse-temurin"
        }
        guard let tag = ImageText.tag(of: image) else { return nil }
        let words = tag.lowercased().split { $0 == "-" || $0 == "_" }
        if words.contains(where: { endedNames.contains(String($0)) }) { return "name a distribution of today" }
        guard let first = firstServed[name], let version = words.first else { return nil }
        let numbers = version.split(separator: ".").map { Int($0) }
        guard let major = numbers.first ?? nil else { return nil }
        let minor = numbers.count > 1 ? numbers[1] : nil
        let isOld =
            major < first[0] || major == first[0] && first.count > 1 && (minor.map { $0 < first[1] } ?? false)
        return isOld ? "write at least \(name):\(first.map(String.init).joined(separator: "."))" : nil
    }
}
