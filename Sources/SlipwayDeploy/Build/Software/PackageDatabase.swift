// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// The lists of what is installed that an image carries itself.
enum PackageDatabase {
    /// A system with every package of Debian installed stays under this.
    private static let largestInBytes = 16 << 20

    static func isOne(_ entry: TarEntry) -> Bool {
        guard entry.kind == .file, entry.size <= largestInBytes else { return false }
        return kind(of: entry.path) != nil || isRelease(entry.path)
    }

    static func isRelease(_ path: String) -> Bool { path == "usr/lib/os-release" || path == "etc/os-release" }

    static func packages(in bytes: [UInt8], path: String) -> [InstalledPackage] {
        guard let kind = kind(of: path) else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        switch kind {
        case .deb: return paragraphs(text, ":").compactMap(debian)
        case .apk: return paragraphs(text, ":").compactMap(alpine)
        case .pypi: return paragraphs(text, ":").prefix(1).compactMap(python)
        case .npm: return node(text).map { [$0] } ?? []
        case .swift: return swift(text)
        case .golang: return []
        }
    }

    private static func kind(of path: String) -> InstalledPackage.Kind? {
        // Images without a package manager have one file a package.
        if path == "var/lib/dpkg/status" { return .deb }
        if path.hasPrefix("var/lib/dpkg/status.d/"), !path.hasSuffix(".md5sums") { return .deb }
        if path == "lib/apk/db/installed" || path == "usr/lib/apk/db/installed" { return .apk }
        if path.hasSuffix(".dist-info/METADATA") || path.hasSuffix(".egg-info/PKG-INFO") { return .pypi }
        if path == "Package.resolved" || path.hasSuffix("/Package.resolved") { return .swift }
        guard path.hasSuffix("/package.json") else { return nil }
        // Only a package's own file: its folders may hold others, for its tests or its several forms.
        let parts = path.split(separator: "/")
        guard let place = parts.lastIndex(of: "node_modules") else { return nil }
        let name = parts[(place + 1)...].dropLast()
        return name.count == (name.first?.hasPrefix("@") == true ? 2 : 1) ? .npm : nil
    }

    /// Fields of each block of lines; what continues a field on the next line is left out.
    private static func paragraphs(_ text: String, _ separator: Character) -> [[Substring: String]] {
        var all: [[Substring: String]] = []
        var fields: [Substring: String] = [:]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty {
                if !fields.isEmpty { all.append(fields) }
                fields = [:]
            } else if line.first != " ", line.first != "\t", let end = line.firstIndex(of: separator) {
                let value = line[line.index(after: end)...]
                if fields[line[..<end]] == nil { fields[line[..<end]] = String(value.drop { $0 == " " }) }
            }
        }
        return fields.isEmpty ? all : all + [fields]
    }

    private static func debian(_ fields: [Substring: String]) -> InstalledPackage? {
        guard let name = fields["Package"], let version = fields["Version"] else { return nil }
        // What was removed stays in the list while its settings stay.
        if let status = fields["Status"], !status.hasSuffix(" installed") { return nil }
        return InstalledPackage(kind: .deb, name: name, version: version, architecture: fields["Architecture"])
    }

    private static func alpine(_ fields: [Substring: String]) -> InstalledPackage? {
        guard let name = fields["P"], let version = fields["V"] else { return nil }
        return InstalledPackage(
            kind: .apk, name: name, version: version, architecture: fields["A"], license: fields["L"])
    }

    private static func python(_ fields: [Substring: String]) -> InstalledPackage? {
        guard let name = fields["Name"], let version = fields["Version"] else { return nil }
        let license = fields["License-Expression"] ?? fields["License"].flatMap { $0.count < 80 ? $0 : nil }
        return InstalledPackage(kind: .pypi, name: name, version: version, license: license)
    }

    private static func node(_ text: String) -> InstalledPackage? {
        guard let root = JSONDocument(parsing: text).root, let name = root["name"]?.text,
            let version = root["version"]?.text
        else { return nil }
        return InstalledPackage(kind: .npm, name: name, version: version, license: root["license"]?.text)
    }

    /// Format 1 has the list under `object`, 2 and 3 at the top.
    private static func swift(_ text: String) -> [InstalledPackage] {
        let root = JSONDocument(parsing: text).root
        let pins = root?["pins"]?.sequence ?? root?.at("object", "pins")?.sequence ?? []
        return pins.compactMap { pin in
            let location = pin["location"]?.text ?? pin["repositoryURL"]?.text ?? ""
            var path = location.firstRange(of: "://").map { location[$0.upperBound...] } ?? location[...]
            if path.hasSuffix(".git") { path = path.dropLast(4) }
            let version = pin.at("state", "version")?.text ?? pin.at("state", "revision")?.text
            guard let version, !path.isEmpty else { return nil }
            return InstalledPackage(kind: .swift, name: String(path), version: version)
        }
    }
}
