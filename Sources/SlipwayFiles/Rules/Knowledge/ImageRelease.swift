// SPDX-License-Identifier: Apache-2.0

/// The release of Debian or Ubuntu that an official image is made from.
enum ImageRelease {
    /// Those that it can be: one when the tag or the image's history says it; empty when it is not known.
    ///
    /// The images' pages on Docker Hub are the source. A tag without a release moves to the next one about two months
    /// after it is out (bookworm in June 2023, trixie in August 2025), a tag with all its numbers stays where it was.
    static func possible(_ image: ImageName) -> [AptArchive.Release] {
        guard image.registry.isEmpty || image.registry == "docker.io" || image.registry == "public.ecr.aws" else {
            return []
        }
        let tag = image.tag?.lowercased() ?? "latest"
        let words = tag.split { $0 == "-" || $0 == "_" }.map(String.init)
        guard !tag.isEmpty, families.contains(image.name),
            image.repository == image.name || image.registry == "public.ecr.aws",
            !words.contains(where: { $0.hasPrefix("alpine") || $0.contains("windows") || $0.contains("nanoserver") })
        else { return [] }
        if let named = words.lazy.compactMap(AptArchive.Release.init(rawValue:)).first { return [named] }
        // Another release, or none of theirs.
        guard words.dropFirst().allSatisfy({ kinds.contains($0) || $0.hasPrefix("rc") }) else { return [] }
        let numbers = (words.first ?? "").split(separator: ".").map { Int($0) }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return latest(of: image.name, tag) }
        return numbered(image.name, numbers.compactMap(\.self))
    }

    private static let families: Set<String> = [
        "debian", "ubuntu", "python", "node", "ruby", "golang", "rust", "php", "openjdk", "buildpack-deps",
    ]
    /// What a tag says beside the version and the release.
    private static let kinds: Set<String> = [
        "slim", "fpm", "apache", "cli", "zts", "jdk", "jre", "full", "scm", "curl",
    ]

    private static func latest(of name: String, _ tag: String) -> [AptArchive.Release] {
        switch (name, tag) {
        case ("ubuntu", "latest"): [.noble]
        case ("debian", "latest"), ("debian", "stable"), ("debian", "stable-slim"): [.trixie]
        case ("debian", "oldstable"), ("debian", "oldstable-slim"): [.bookworm]
        case ("python", _), ("ruby", _), ("golang", _), ("rust", _), ("php", _): [.trixie]
        case ("node", _): [.bookworm, .trixie]
        default: []
        }
    }

    private static func numbered(_ name: String, _ version: [Int]) -> [AptArchive.Release] {
        func isAtLeast(_ other: Int...) -> Bool { !version.lexicographicallyPrecedes(other) }
        let isExact = version.count > 2
        switch name {
        case "debian": return [11: [.bullseye], 12: [.bookworm], 13: [.trixie]][version[0]] ?? []
        case "ubuntu": return version.starts(with: [22, 4]) ? [.jammy] : version.starts(with: [24, 4]) ? [.noble] : []
        case "python":
            guard version.count > 1, version[0] == 3 else { return version == [3] ? [.trixie] : [] }
            let minor = version[1]
            if isExact {
                if minor > 13 { return [.trixie] }
                if let first = pythonOnTrixie[minor], version[2] >= first - 1 {
                    // The one that was the newest when trixie came out was made again.
                    return version[2] >= first ? [.trixie] : [.bookworm, .trixie]
                }
                if let first = pythonOnBookworm[minor] { return version[2] >= first ? [.bookworm] : [] }
                return []
            }
            if minor >= 9 { return [.trixie] }
            return minor >= 7 ? [.bookworm] : minor == 6 ? [.bullseye] : []
        // Whether the next versions still come on bookworm when nothing is said is not known.
        case "node": return isAtLeast(18) ? version[0] < 24 ? [.bookworm] : [.bookworm, .trixie] : []
        case "ruby":
            guard isAtLeast(3, 1), version.count > 1 else { return version == [3] ? [.trixie] : [] }
            return isExact ? [.bookworm, .trixie] : isAtLeast(3, 2) ? [.trixie] : [.bookworm]
        case "php":
            guard version.count > 1 else { return version == [8] ? [.trixie] : [] }
            if version.starts(with: [7, 4]) { return isExact ? [] : [.bullseye] }
            if version.starts(with: [8, 0]) { return isExact ? [] : [.bookworm] }
            return isAtLeast(8, 1) ? isExact ? [.bookworm, .trixie] : [.trixie] : []
        case "golang":
            guard isAtLeast(1, 21), version.count > 1 else { return version == [1] ? [.trixie] : [] }
            return isAtLeast(1, 25) ? [.trixie] : isAtLeast(1, 23) ? [.bookworm, .trixie] : [.bookworm]
        case "rust":
            guard isAtLeast(1, 71), version.count > 1 else { return version == [1] ? [.trixie] : [] }
            return isAtLeast(1, 90) ? [.trixie] : isAtLeast(1, 87) ? [.bookworm, .trixie] : [.bookworm]
        case "openjdk": return isAtLeast(11) && version[0] <= 17 && version.count == 1 ? [.bullseye] : []
        default: return []
        }
    }

    /// The patch versions from which the tag without a release was made from trixie, and from bookworm.
    private static let pythonOnTrixie = [13: 6, 12: 12, 11: 14, 10: 19, 9: 24]
    private static let pythonOnBookworm = [13: 0, 12: 0, 11: 4, 10: 12, 9: 17, 8: 17, 7: 17]
}
