// SPDX-License-Identifier: Apache-2.0

/// One piece of software that an image says it holds.
struct InstalledPackage: Equatable, Hashable, Sendable {
    /// Types of package URLs: https://github.com/package-url/purl-spec/blob/master/PURL-TYPES.rst
    enum Kind: String, Sendable { case deb, apk, pypi, npm, golang, swift }

    let kind: Kind
    /// As the ecosystem writes it: `@types/node`, `github.com/gorilla/mux`.
    let name: String
    let version: String
    var architecture: String?
    /// What the package says of itself.
    var license: String?

    /// - Parameter system: Of the image; Debian's and Alpine's packages belong to a distribution.
    func address(on system: SystemRelease) -> String {
        var path = name.split(separator: "/").map { Self.encode(String($0)) }
        var qualifiers: [String] = []
        switch kind {
        case .deb, .apk:
            path.insert(system.identifier ?? (kind == .deb ? "debian" : "alpine"), at: 0)
            if let architecture { qualifiers.append("arch=\(Self.encode(architecture))") }
            if let version = system.version { qualifiers.append("distro=\(path[0])-\(Self.encode(version))") }
        case .pypi:
            // PEP 503: case and the kind of separator do not matter.
            let parts = name.lowercased().split(whereSeparator: { "-_.".contains($0) })
            path = [Self.encode(parts.joined(separator: "-"))]
        case .npm, .golang, .swift: break
        }
        return "pkg:\(kind.rawValue)/\(path.joined(separator: "/"))@\(Self.encode(version))"
            + (qualifiers.isEmpty ? "" : "?" + qualifiers.joined(separator: "&"))
    }

    /// Everything but letters, digits and `.-_~:` in percent form.
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 128 || (48...58).contains(byte) || ".-_~".utf8.contains(byte) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}

/// What os-release(5) says of an image.
struct SystemRelease: Equatable, Sendable {
    var identifier: String?
    var version: String?

    static func parse(_ text: String) -> SystemRelease {
        var values: [Substring: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = String(line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" })
        }
        return SystemRelease(identifier: values["ID"], version: values["VERSION_ID"])
    }
}
