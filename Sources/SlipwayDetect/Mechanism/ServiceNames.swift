// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names services after their folders, so that people recognise them.
enum ServiceNames {
    /// Lower-case letters, digits and hyphens; `nil` when nothing is left.
    static func slug(_ text: String) -> String? {
        var result = ""
        for scalar in text.lowercased().unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                result.unicodeScalars.append(scalar)
            } else if !result.hasSuffix("-"), !result.isEmpty {
                result += "-"
            }
        }
        while result.hasSuffix("-") { result.removeLast() }
        return result.isEmpty ? nil : result
    }

    static func assign(to candidates: [Candidate]) -> [Subject: String] {
        var result: [Subject: String] = [:]
        var taken: Set<String> = []
        for candidate in candidates {
            let choices = Self.choices(for: candidate, among: candidates)
            let name = choices.first { !taken.contains($0) } ?? "\(choices.last ?? "service")-\(taken.count + 1)"
            taken.insert(name)
            result[candidate.subject] = name
        }
        return result
    }

    /// From what a person would say to what cannot collide.
    private static func choices(for candidate: Candidate, among all: [Candidate]) -> [String] {
        let subject = candidate.subject
        let process = subject.process.flatMap(slug) ?? "service"
        let folder = subject.directory == "." ? nil : slug(subject.directory.lastPathComponent)
        let path = slug(subject.directory)
        let isMain = process == Subject.web || process == Subject.site
        let sharesFolder = all.contains { $0.subject != subject && $0.subject.directory == subject.directory }
        var choices: [String] = []
        if let given = candidate.givenName.flatMap(slug) { choices.append(given) }
        if isMain {
            if !sharesFolder || process == Subject.web, let folder { choices.append(folder) }
            if folder == nil { choices.append(process) }
        } else {
            choices.append(process)
        }
        if let folder { choices.append("\(folder)-\(process)") }
        if let path { choices += [path, "\(path)-\(process)"] }
        choices.append("\(process)-\(candidate.role?.rawValue ?? "service")")
        return choices
    }
}

extension String {
    /// The part after the last slash.
    var lastPathComponent: String { lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self }
    /// The folder of a path, `.` at the root.
    var parentDirectory: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
    /// A path below a folder, where `.` is the root.
    func appending(path: String) -> String { self == "." ? path : path == "." ? self : "\(self)/\(path)" }
    /// The path seen from a folder above it; `nil` when it is elsewhere.
    func relative(to directory: String) -> String? {
        if directory == "." { return self }
        if self == directory { return "." }
        let length = directory.utf8.count
        guard utf8.count > length, utf8.starts(with: directory.utf8),
            let rest = utf8.index(startIndex, offsetBy: length, limitedBy: endIndex), utf8[rest] == UInt8(ascii: "/")
        else { return nil }
        return String(self[utf8.index(after: rest)...])
    }
}
