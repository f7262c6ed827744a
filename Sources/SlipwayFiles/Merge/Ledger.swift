// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Slipway wrote last, file by file: the text that a person's edits and the next version both start from.
///
/// It stands in the repository beside the files, because a merge needs it in every clone.
package struct Ledger: Equatable, Sendable {
    /// One file that Slipway wrote.
    package struct Entry: Equatable, Sendable {
        /// For whom it was written; ``FileTarget``'s raw value.
        package var target: String
        /// The text as it was generated, without a person's edits.
        package var text: String
        /// A later text that could not be merged and stands beside the file until somebody has looked at it.
        package var proposal: String?

        package init(target: String, text: String, proposal: String? = nil) {
            self.target = target
            self.text = text
            self.proposal = proposal
        }
    }

    /// Relative to the application's root.
    package static let path = ".slipway/generated.json"
    private static let version = 1

    /// By path.
    package var entries: [String: Entry]

    package init(entries: [String: Entry] = [:]) { self.entries = entries }

    /// - Returns: `nil` when the text is no ledger of this version: half a merge of two branches, for example.
    package init?(parsing text: String) {
        guard let root = JSONDocument(parsing: text).root, root["version"]?.int == Self.version,
            let files = root["files"]?.mapping
        else { return nil }
        entries = [:]
        for file in files.entries {
            guard let target = file.value["target"]?.string, let text = file.value["text"]?.string else { return nil }
            entries[file.key] = Entry(target: target, text: text, proposal: file.value["proposal"]?.string)
        }
    }

    /// One line a file, sorted, so that branches merge and versions compare.
    package var text: String {
        let lines = entries.sorted { $0.key < $1.key }.map { path, entry in
            var fields = ["\"target\": " + JSONText.quote(entry.target), "\"text\": " + JSONText.quote(entry.text)]
            if let proposal = entry.proposal { fields.append("\"proposal\": " + JSONText.quote(proposal)) }
            return "    \(JSONText.quote(path)): { \(fields.joined(separator: ", ")) }"
        }
        let files = lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n  }"
        return """
            {
              "about": "What slipway wrote last. Keep it in version control: it is how hand edits survive.",
              "version": \(Self.version),
              "files": \(files)
            }

            """
    }
}
