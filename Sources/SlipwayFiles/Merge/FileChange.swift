// SPDX-License-Identifier: Apache-2.0

/// What writing means for one file.
package struct FileChange: Equatable, Sendable {
    /// The raw value is what the JSON says.
    package enum Kind: String, Sendable {
        /// Not there yet.
        case create
        /// Still as it was generated; gets the new text.
        case update
        /// Has hand edits, which stay, and gets what is new around them.
        case merge
        /// Is no longer needed, and nobody edited it.
        case remove
        /// Hand edits and the new text meet in the same lines: the file stays, the new text goes beside it.
        case conflict
        /// Already as it should be.
        case unchanged
        /// Has hand edits, and nothing new to merge.
        case edited
        /// A person removed it, and it stays away.
        case deleted
        /// Was there before Slipway and says something else; it stays.
        case handwritten
        /// Is no longer needed, but has hand edits; it stays and is the person's now.
        case released
        /// Something stands there that is no file.
        case blocked

        /// Whether a run that writes would change this file or its proposal, or cannot.
        package var isPending: Bool {
            switch self {
            case .create, .update, .merge, .remove, .conflict, .blocked: true
            case .unchanged, .edited, .deleted, .handwritten, .released: false
            }
        }
    }

    /// What happens to the file beside the file.
    package enum Proposal: Equatable, Sendable {
        /// Nothing.
        case left
        case written(String)
        /// It says nothing new any more.
        case removed
    }

    /// Relative to the application's root.
    package let path: String
    package let kind: Kind
    /// What stands on disk; `nil` when nothing does.
    package let current: String?
    /// What would stand there without hand edits; `nil` when the file goes away.
    package let generated: String?
    /// What is written; `nil` when the file stays as it is, or goes away.
    package let written: String?
    package let isExecutable: Bool
    /// More to know: which obstacle, how many places.
    package let detail: String?
    /// Whether the whole old text is kept beside the file, because it is replaced although a person wrote it.
    package let keepsOld: Bool
    /// What happens to ``proposalPath``.
    package var proposal = Proposal.left

    package init(
        _ path: String, _ kind: Kind, current: String? = nil, generated: String? = nil, written: String? = nil,
        isExecutable: Bool = false, detail: String? = nil, keepsOld: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.current = current
        self.generated = generated
        self.written = written
        self.isExecutable = isExecutable
        self.detail = detail
        self.keepsOld = keepsOld
    }

    /// Where a text goes that could not be merged.
    package var proposalPath: String { path + FileChange.proposalSuffix }
    /// Where a replaced hand-written text is kept.
    package var oldPath: String { path + Self.oldSuffix }

    package static let proposalSuffix = ".slipway-new"
    private static let oldSuffix = ".slipway-old"
    /// What the names of texts end with that stand beside a file.
    package static let asideSuffixes = [proposalSuffix, oldSuffix]
}
