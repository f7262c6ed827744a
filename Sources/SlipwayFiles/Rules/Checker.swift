// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Runs the rules on a repository and leaves out what people asked to leave out.
package struct Checker: Sendable {
    private let groups: [RuleGroup]
    private let settings: CheckSettings
    private let severities: [String: Severity?]

    package init(groups: [RuleGroup] = RuleCatalog.groups, settings: CheckSettings = CheckSettings()) {
        self.groups = groups
        self.settings = settings
        var severities: [String: Severity?] = [:]
        for (name, severity) in settings.severities {
            for code in RuleCatalog.codes(named: name) { severities.updateValue(severity, forKey: code) }
        }
        self.severities = severities
    }

    /// What images must be like.
    package var policy: ImagePolicy { settings.policy }

    /// The same, with nothing accepted.
    package var withoutBaseline: Checker {
        var settings = settings
        settings.baseline = nil
        return Checker(groups: groups, settings: settings)
    }

    /// The findings, sorted by file, line, column and code.
    /// - Parameter foreign: What another tool found in the same files; what a rule of ours says too is left out.
    package func check(_ repository: CheckedRepository, with foreign: [Diagnostic] = []) -> [Diagnostic] {
        finish(
            find(repository, acrossFiles: false) + find(repository, acrossFiles: true), in: repository, with: foreign)
    }

    /// What the rules of one kind find, before anything is left out: the two kinds can be run at the same time.
    /// - Parameters:
    ///   - acrossFiles: Whether those that need the whole repository run, or the others.
    ///   - path: The one file that is looked at; `nil` for all.
    package func find(_ repository: CheckedRepository, acrossFiles: Bool, of path: String? = nil) -> [Diagnostic] {
        groups.flatMap { group -> [Diagnostic] in
            guard group.isAcrossFiles == acrossFiles, repository.isWhole || !group.isAcrossFiles else { return [] }
            return group.diagnostics(in: repository, of: path) { code in severities[code].map { $0 == nil } ?? false }
        }
    }

    /// Leaves out what people asked to leave out, and sorts.
    package func finish(
        _ all: [Diagnostic], in repository: CheckedRepository, with foreign: [Diagnostic] = []
    ) -> [Diagnostic] {
        var found = all
        let own = Set(found.map { Finding(file: $0.file, line: $0.line, code: $0.code) })
        found += foreign.filter { diagnostic in
            if let severity = settings.severities[diagnostic.code], severity == nil { return false }
            // Ours stand at the start of an instruction.
            let start = diagnostic.file.flatMap { Self.instruction(at: diagnostic.line ?? 1, of: $0, in: repository) }
            let names = RuleCatalog.codes(named: diagnostic.code)
            // Line ends are one fault of the whole file, and ours is said once.
            if Self.ofWholeFiles.contains(diagnostic.code),
                all.contains(where: { $0.file == diagnostic.file && names.contains($0.code) })
            {
                return false
            }
            return !names.contains { code in
                [diagnostic.line, start].contains {
                    own.contains(Finding(file: diagnostic.file, line: $0, code: code))
                }
            }
        }
        found = suppress(found, in: repository)
        for index in found.indices {
            if let severity = severities[found[index].code] ?? nil { found[index].severity = severity }
        }
        found = Self.withoutRepeats(found.sorted(by: Self.precedes))
        return settings.baseline?.filter(found) ?? found
    }

    /// What ShellCheck says of every line: carriage returns.
    private static let ofWholeFiles: Set<String> = ["SC1017"]

    private static func instruction(at line: Int, of path: String, in repository: CheckedRepository) -> Int? {
        guard FileFormat(path: path) == .dockerfile else { return nil }
        return repository.dockerfile(path)?.reading.file.instructions.last { $0.line <= line }?.line
    }

    private struct Finding: Hashable {
        let file: String?
        let line: Int?
        let code: String
    }

    private func suppress(_ found: [Diagnostic], in repository: CheckedRepository) -> [Diagnostic] {
        var pragmas: [String: IgnorePragmas] = [:]
        let ignores = settings.ignores.map { ignore in
            (codes: RuleCatalog.codes(named: ignore.code), paths: ignore.path.map { DockerIgnore(parsing: $0) })
        }
        return found.filter { diagnostic in
            guard let file = diagnostic.file else { return true }
            for ignore in ignores where ignore.codes.contains(diagnostic.code) {
                if ignore.paths?.excludes(file) ?? true { return false }
            }
            let known = pragmas[file] ?? IgnorePragmas(repository.tree.text(file) ?? "")
            pragmas[file] = known
            return !known.covers(diagnostic)
        }
    }

    /// What says more about a line than the rule before the colon.
    private static let superseding = [
        "DF037": "AP121", "DF000": "DF361", "DF031": "AP107", "SH030": "AP145", "DF024": "AP153",
    ]

    /// Two rules can say the same of one line; the more special one is listed as superseding the other.
    private static func withoutRepeats(_ found: [Diagnostic]) -> [Diagnostic] {
        var result: [Diagnostic] = []
        for diagnostic in found where diagnostic != result.last { result.append(diagnostic) }
        struct Place: Hashable {
            let file: String?
            let line: Int?
        }
        var special: [String: Set<Place>] = [:]
        for diagnostic in result where superseding.values.contains(diagnostic.code) {
            special[diagnostic.code, default: []].insert(Place(file: diagnostic.file, line: diagnostic.line))
        }
        guard !special.isEmpty else { return result }
        return result.filter { diagnostic in
            guard let better = superseding[diagnostic.code] else { return true }
            return special[better]?.contains(Place(file: diagnostic.file, line: diagnostic.line)) != true
        }
    }

    private static func precedes(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        (left.file ?? "", left.line ?? 0, left.column ?? 0, left.code, left.message)
            < (right.file ?? "", right.line ?? 0, right.column ?? 0, right.code, right.message)
    }
}
