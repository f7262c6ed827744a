// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Collects what one detector says about one subject.
struct Testimony {
    let subject: Subject
    private(set) var evidence: [Evidence] = []

    init(_ subject: Subject) { self.subject = subject }

    mutating func say(
        _ claim: Claim, file: String? = nil, line: Int? = nil, _ why: String, _ confidence: Double = Confidence.code
    ) {
        evidence.append(.claim(claim, for: subject, file: file, line: line, why: why, confidence: confidence))
    }

    /// Says a claim with the line that shows it.
    mutating func say(_ claim: Claim, at line: CodeLine, _ why: String, _ confidence: Double = Confidence.code) {
        say(claim, file: line.file, line: line.number, why, confidence)
    }

    /// Says which paths the service answers, and the best of them as its health path.
    mutating func say(paths: [(String, CodeLine)]) {
        for (path, line) in paths { say(.path(path), at: line, "route") }
        guard let best = HealthPath.best(paths.map(\.0)), let found = paths.first(where: { $0.0 == best }) else {
            return
        }
        say(.healthPath(best), at: found.1, "route")
    }

    /// Says which resources follow from dependencies.
    mutating func say(
        resources table: [(dependency: String, kind: Resource.Kind)], among dependencies: [(name: String, line: Int)],
        file: String
    ) {
        var seen: Set<Resource.Kind> = []
        for row in table {
            guard let found = dependencies.first(where: { $0.name == row.dependency }), seen.insert(row.kind).inserted
            else { continue }
            say(.needs(row.kind), file: file, line: found.line, "depends on \(row.dependency)", Confidence.dependency)
        }
    }
}
