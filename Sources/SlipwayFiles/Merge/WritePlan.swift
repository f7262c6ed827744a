// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What writing would do, file by file, and the ledger afterwards. Pure: the disk is a closure.
package struct WritePlan: Sendable {
    /// What stands in a file's place.
    package enum Found: Equatable, Sendable {
        case nothing
        case text(String)
        /// A folder, a link, a device, bytes that are no text; in words.
        case obstacle(String)
    }
    /// A file with the target that it is written for.
    package struct Wish: Sendable {
        package let file: GeneratedFile
        package let target: FileTarget

        package init(file: GeneratedFile, target: FileTarget) {
            self.file = file
            self.target = target
        }
    }

    /// Sorted by path.
    package let changes: [FileChange]
    /// As it must stand on disk after the changes.
    package let ledger: Ledger

    /// - Parameters:
    ///   - targets: Files of these that are no longer wished go away; others are left alone.
    ///   - interrupted: Paths that a run was about to write when it was cut short.
    ///   - adopted: Paths where Slipway's text replaces a person's, which is kept beside it.
    package init(
        wishes: [Wish], ledger: Ledger, targets: Set<FileTarget>, interrupted: Set<String> = [],
        adopted: Set<String> = [], found: (String) -> Found
    ) {
        var entries = ledger.entries
        var changes: [FileChange] = []
        var wished: Set<String> = []
        for wish in wishes where wished.insert(wish.file.path).inserted {
            let decision = Decision(
                wish: wish, entry: ledger.entries[wish.file.path],
                isInterrupted: interrupted.contains(wish.file.path), isAdopted: adopted.contains(wish.file.path),
                found: found)
            changes.append(decision.change)
            entries[wish.file.path] = decision.entry
        }
        for (path, entry) in ledger.entries where !wished.contains(path) {
            guard FileTarget(rawValue: entry.target).map(targets.contains) ?? true else { continue }
            entries[path] = nil
            switch found(path) {
            case .nothing: continue
            case .text(let text) where text.withUnixLineEnds == entry.text:
                changes.append(FileChange(path, .remove, current: text))
            case .text(let text): changes.append(FileChange(path, .released, current: text))
            case .obstacle(let what): changes.append(FileChange(path, .released, detail: what))
            }
        }
        self.changes = changes.sorted { $0.path < $1.path }
        self.ledger = Ledger(entries: entries)
    }
}

/// What happens to one wished file.
private struct Decision {
    let change: FileChange
    /// `nil` for files that Slipway does not keep.
    let entry: Ledger.Entry?

    init(
        wish: WritePlan.Wish, entry: Ledger.Entry?, isInterrupted: Bool, isAdopted: Bool,
        found: (String) -> WritePlan.Found
    ) {
        let file = wish.file
        let fresh = Ledger.Entry(target: wish.target.rawValue, text: file.contents)
        func proposal() -> WritePlan.Found { found(file.path + FileChange.proposalSuffix) }
        var kept: Ledger.Entry? = fresh
        var change: FileChange
        switch found(file.path) {
        case .obstacle(let what):
            change = Self.change(.blocked, file, detail: what)
            kept = entry
        case .nothing where entry == nil || isAdopted: change = Self.change(.create, file, written: file.contents)
        case .nothing:
            change = Self.change(.deleted, file)
            kept = entry
        case .text(let raw):
            change = Self.edit(raw, file, entry, isAdopted: isAdopted)
            // A file that says the same by itself stays its author's, and stays evidence.
            let isTheirs = change.kind == .unchanged && entry == nil && !isInterrupted
            if change.kind == .handwritten || isTheirs { kept = nil }
            if change.kind == .conflict, let entry {
                (change, kept) = Self.settle(change, file, entry, proposal())
            }
        }
        if change.kind != .conflict, let old = entry?.proposal, proposal() == .text(old) { change.proposal = .removed }
        self.change = change
        self.entry = kept
    }

    private static func edit(
        _ raw: String, _ file: GeneratedFile, _ entry: Ledger.Entry?, isAdopted: Bool
    ) -> FileChange {
        let text = raw.withUnixLineEnds
        func adapted(_ new: String) -> String { raw == text ? new : new.replacing("\n", with: "\r\n") }
        if text == file.contents { return change(.unchanged, file, raw) }
        if isAdopted {
            return change(.update, file, raw, written: adapted(file.contents), keepsOld: text != entry?.text)
        }
        guard let entry else { return change(.handwritten, file, raw) }
        if text == entry.text { return change(.update, file, raw, written: adapted(file.contents)) }
        if entry.text == file.contents { return change(.edited, file, raw) }
        switch ThreeWayMerge(base: entry.text, edited: text, generated: file.contents) {
        case .merged(text): return change(.edited, file, raw)
        case .merged(let merged): return change(.merge, file, raw, written: adapted(merged))
        case .conflict(let count):
            let places = count == 1 ? "1 place" : "\(count) places"
            return change(.conflict, file, raw, detail: "\(places), see \(file.path + FileChange.proposalSuffix)")
        }
    }

    /// A proposal that a person has removed is one that they have dealt with; one that they edited is theirs.
    private static func settle(
        _ change: FileChange, _ file: GeneratedFile, _ entry: Ledger.Entry, _ proposal: WritePlan.Found
    ) -> (FileChange, Ledger.Entry) {
        var entry = entry
        if entry.proposal == file.contents, proposal == .nothing {
            entry.text = file.contents
            entry.proposal = nil
            return (Self.change(.edited, file, change.current), entry)
        }
        var change = change
        let isOurs = proposal == .nothing || entry.proposal.map { proposal == .text($0) } ?? false
        if isOurs, proposal != .text(file.contents) { change.proposal = .written(file.contents) }
        entry.proposal = file.contents
        return (change, entry)
    }

    private static func change(
        _ kind: FileChange.Kind, _ file: GeneratedFile, _ current: String? = nil, written: String? = nil,
        detail: String? = nil, keepsOld: Bool = false
    ) -> FileChange {
        FileChange(
            file.path, kind, current: current, generated: file.contents, written: written,
            isExecutable: file.isExecutable, detail: detail, keepsOld: keepsOld)
    }
}

extension String {
    /// With `\n` where a checkout put `\r\n`.
    fileprivate var withUnixLineEnds: String {
        utf8.contains(UInt8(ascii: "\r")) ? replacing("\r\n", with: "\n") : self
    }
}
