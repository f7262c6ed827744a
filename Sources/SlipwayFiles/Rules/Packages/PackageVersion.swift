// SPDX-License-Identifier: Apache-2.0

/// `1.55.3` as numbers that compare; what follows a letter is left out.
struct PackageVersion: Comparable, CustomStringConvertible {
    let parts: [Int]

    init(_ parts: Int...) { self.parts = parts }

    /// `nil` when the text does not begin with a number.
    init?(_ text: some StringProtocol) {
        let body = text.drop { $0 == "v" || $0 == "=" || $0 == " " }.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let parts = body.split(separator: ".").compactMap { Int($0) }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    private init(_ parts: [Int]) { self.parts = parts }

    var description: String { parts.map(String.init).joined(separator: ".") }

    /// The first version that differs at a place, as `2` of `1.4.3` at place 0.
    func next(at place: Int) -> PackageVersion {
        var raised = Array(parts.prefix(place + 1))
        while raised.count <= place { raised.append(0) }
        raised[place] += 1
        return PackageVersion(raised)
    }

    static func < (left: Self, right: Self) -> Bool {
        for place in 0..<max(left.parts.count, right.parts.count) {
            let (one, other) = (left.part(place), right.part(place))
            if one != other { return one < other }
        }
        return false
    }

    static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }

    private func part(_ place: Int) -> Int { parts.indices.contains(place) ? parts[place] : 0 }
}

/// What a list of packages says about the version of one.
struct PackageRange {
    /// The lowest that it allows.
    var lowest: PackageVersion?
    /// The first that it no longer allows.
    var below: PackageVersion?
    /// Whether one version alone fits.
    var isExact = false

    /// Whether an installation certainly gets the version or a later one: the newest that fits is taken.
    func reaches(_ version: PackageVersion) -> Bool {
        if let lowest, lowest >= version { return true }
        return !isExact && (below.map { $0 > version } ?? true)
    }

    /// Whether every version that fits is older.
    func staysBelow(_ version: PackageVersion) -> Bool {
        if isExact, let lowest { return lowest < version }
        return below.map { $0 <= version } ?? false
    }

    /// Whether every version that fits is this one or a later one.
    func isAtLeast(_ version: PackageVersion) -> Bool { lowest.map { $0 >= version } ?? false }

    /// `>=1.2,<2`, `==1.2.3`, `~=1.4`, `^1.2`, `1.2.x`, `~1.2`; `nil` for what is no version.
    init?(_ text: String, bareIsExact: Bool) {
        for piece in text.split(whereSeparator: { ",".contains($0) }).map({ $0.trimmed }) where !piece.isEmpty {
            guard add(piece, bareIsExact) else { return nil }
        }
    }

    private mutating func add(_ piece: String, _ bareIsExact: Bool) -> Bool {
        let marks = piece.prefix { "=<>!~^".contains($0) }
        let rest = piece.dropFirst(marks.count).trimmed
        if rest.isEmpty || rest == "*" || rest == "latest" || rest == "x" { return true }
        guard let version = PackageVersion(rest) else { return false }
        let isOpenEnded = rest.contains("*") || rest.contains(".x")
        switch String(marks) {
        case "==", "===", "=", "":
            if isOpenEnded {
                (lowest, below) = (version, version.next(at: version.parts.count - 1))
            } else if marks.isEmpty && !bareIsExact {
                lowest = version
            } else {
                (lowest, isExact) = (version, true)
            }
        case ">=", ">": lowest = version
        case "<": below = version
        case "<=": below = version.next(at: version.parts.count - 1)
        case "~=": (lowest, below) = (version, version.next(at: max(0, version.parts.count - 2)))
        case "~": (lowest, below) = (version, version.next(at: min(1, version.parts.count - 1)))
        case "^":
            let place = version.parts.firstIndex { $0 > 0 } ?? version.parts.count - 1
            (lowest, below) = (version, version.next(at: place))
        default: break
        }
        return true
    }
}
