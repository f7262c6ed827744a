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
