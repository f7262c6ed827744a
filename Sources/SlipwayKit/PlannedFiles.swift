// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
public import SlipwayHost

/// What `slipway write` would do, ready to be shown or done.
public struct PlannedFiles: Sendable {
    /// Says, while a run writes, which files it creates.
    static let intentPath = ".slipway/writing"

    let files: FileStore
    let plan: WritePlan
    let oldLedger: Ledger
    /// What is wrong with the files that people wrote, found when somebody asks.
    private let findings: @Sendable () -> [Diagnostic]
    /// What a person should know besides.
    public let remarks: [String]

    init(
        files: FileStore, plan: WritePlan, oldLedger: Ledger, remarks: [String],
        findings: @escaping @Sendable () -> [Diagnostic]
    ) {
        self.findings = findings
        self.files = files
        self.plan = plan
        self.oldLedger = oldLedger
        self.remarks = remarks
    }

    /// Whether writing would change a file or needs a person.
    public var isPending: Bool { plan.changes.contains { $0.kind.isPending } }
    /// Whether something is left for a person to do after writing.
    public var needsPerson: Bool { plan.changes.contains { $0.kind == .conflict || $0.kind == .blocked } }

    /// Writes; each file in one step, the ledger last, so that a run that was cut short is completed by the next.
    /// - Throws: ``SlipwayError`` `disk-full` or `write-failed`; no file is half-written then.
    public func write() throws {
        let created = plan.changes.filter { $0.kind == .create }.map(\.path)
        if !created.isEmpty {
            try StateFolder.make(in: files)
            try files.write(created.joined(separator: "\n") + "\n", to: Self.intentPath)
        }
        try files.write(plan.changes.flatMap(Self.texts))
        for change in plan.changes {
            if change.kind == .remove { try files.remove(change.path) }
            if change.proposal == .removed { try files.remove(change.proposalPath) }
        }
        if plan.ledger != oldLedger || !files.exists(Ledger.path) {
            try StateFolder.make(in: files)
            try files.write(plan.ledger.text, to: Ledger.path)
        }
        try files.remove(Self.intentPath)
    }

    /// What a change puts on disk; a person's text is kept before ours takes its place.
    private static func texts(of change: FileChange) -> [NewFile] {
        func file(_ text: String, at path: String) -> NewFile {
            NewFile(path: path, text: text, isExecutable: change.isExecutable)
        }
        var texts: [NewFile] = []
        if change.keepsOld, change.written != nil, let old = change.current {
            texts.append(file(old, at: change.oldPath))
        }
        if let text = change.written { texts.append(file(text, at: change.path)) }
        if case .written(let text) = change.proposal { texts.append(file(text, at: change.proposalPath)) }
        return texts
    }

    /// One line a file that is not as it should be, then how many are.
    public func summary(written: Bool) -> [String] {
        let shown = plan.changes.filter { $0.kind != .unchanged }
        var lines = shown.map { change in
            let word = Self.word(change.kind, written: written)
            let detail = change.detail ?? Self.advice(change)
            return word + String(repeating: " ", count: max(1, 13 - word.count)) + change.path
                + (detail.map { "  (\($0))" } ?? "")
        }
        let unchanged = plan.changes.count - shown.count
        if unchanged > 0 || lines.isEmpty { lines.append("\(unchanged) unchanged") }
        return lines
    }

    private static func word(_ kind: FileChange.Kind, written: Bool) -> String {
        switch kind {
        case .create: written ? "created" : "create"
        case .update: written ? "updated" : "update"
        case .merge: written ? "merged" : "merge"
        case .remove: written ? "removed" : "remove"
        case .edited: "edited"
        case .handwritten: "yours"
        case .released: "released"
        case .conflict, .unchanged, .deleted, .blocked: kind.rawValue
        }
    }

    private static func advice(_ change: FileChange) -> String? {
        switch change.kind {
        case .handwritten:
            "written by hand; differs: slipway write --diff; take ours: slipway write --adopt \(ShellWord.quote(change.path))"
        case .released: "no longer generated, has hand edits"
        case .deleted: "removed by hand; bring it back: slipway write --adopt \(ShellWord.quote(change.path))"
        case .update where change.keepsOld: "yours is kept in \(change.oldPath)"
        default: nil
        }
    }

    /// Every difference between what stands on disk and what Slipway would write, hand-written files included.
    /// - Parameter terminal: Decides about colour.
    public func diff(for terminal: Terminal) -> String {
        let found = plan.changes.contains { $0.kind == .handwritten } ? findings() : []
        return plan.changes.flatMap { change -> [String] in
            let lines: [UnifiedDiff.Line] =
                switch change.kind {
                case .unchanged, .edited, .deleted, .released, .blocked: []
                case .create, .update, .merge, .remove:
                    UnifiedDiff(path: change.path, old: change.current, new: change.written).lines
                case .handwritten, .conflict:
                    UnifiedDiff(path: change.path, old: change.current, new: change.generated).lines
                }
            let reasons = change.kind == .handwritten ? found.filter { $0.file == change.path } : []
            return reasons.map { terminal.styled(Self.reason($0), .yellow) } + lines.map { Self.styled($0, terminal) }
        }.joined(separator: "\n")
    }

    /// Stands before a file's difference, where tools that apply differences read over it.
    private static func reason(_ finding: Diagnostic) -> String {
        "# why: \(finding.code) \(finding.severity.rawValue)\(finding.line.map { ", line \($0)" } ?? ""): \(finding.message)"
    }

    private static func styled(_ line: UnifiedDiff.Line, _ terminal: Terminal) -> String {
        switch line {
        case .header: terminal.styled(line.text, .bold)
        case .hunk: terminal.styled(line.text, .cyan)
        case .same: line.text
        case .removed: terminal.styled(line.text, .red)
        case .added: terminal.styled(line.text, .green)
        }
    }

    /// `{"files": [{"path", "status", "detail"}], "pending"}`, files sorted by path.
    public func json() throws -> String {
        struct Report: Encodable {
            struct File: Encodable {
                let path: String
                let status: String
                let detail: String?
            }
            let files: [File]
            let pending: Bool
        }
        let files = plan.changes.map { Report.File(path: $0.path, status: $0.kind.rawValue, detail: $0.detail) }
        return try JSONText.pretty(Report(files: files, pending: isPending))
    }
}
