// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A YAML text that may hold Kubernetes objects; other YAML is not read, because repositories have much of it.
package struct ManifestFile: CheckedDocument {
    /// The objects of the stream with a kind; a template of Helm has none before it is rendered.
    package let objects: [DataNode]
    /// Whether it has placeholders that Helm fills.
    package let isTemplate: Bool
    /// Whether the text looks like Kubernetes objects.
    package let isManifest: Bool
    package let diagnostics: [Diagnostic]

    package init(parsing text: String) {
        isManifest = Self.hasKey("apiVersion:", in: text) && Self.hasKey("kind:", in: text)
        isTemplate = text.contains("{{")
        guard isManifest, !isTemplate else {
            objects = []
            diagnostics = []
            return
        }
        let document = YAMLDocument(parsing: text)
        diagnostics = document.diagnostics
        // A List holds objects as its items.
        objects = document.roots.flatMap { root in
            root["kind"]?.text == "List" ? root["items"]?.sequence ?? [] : root.mapping == nil ? [] : [root]
        }
    }

    /// Whether a line starts with the key.
    private static func hasKey(_ key: String, in text: String) -> Bool {
        let word = Array(key.utf8)
        let found = text.utf8.withContiguousStorageIfAvailable { bytes -> Bool in
            var start = 0
            while start + word.count <= bytes.count {
                if bytes[start] == word[0], bytes[start..<start + word.count].elementsEqual(word) { return true }
                guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
                start = end + 1
            }
            return false
        }
        return found ?? text.split(separator: "\n").contains { $0.hasPrefix(key) }
    }
}
