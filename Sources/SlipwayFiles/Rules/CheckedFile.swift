// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A document that is read from a text and says what is wrong with it.
package protocol CheckedDocument: Sendable {
    init(parsing text: String)
    /// What reading alone has found, without a file.
    var diagnostics: [Diagnostic] { get }
}

extension AppJSON: CheckedDocument {}
extension ComposeFile: CheckedDocument {
    package init(parsing text: String) { self.init(parsing: text, environment: [:]) }
}
extension DockerIgnore: CheckedDocument {}
extension Dotenv: CheckedDocument {}
extension FlyToml: CheckedDocument {}
extension NginxFile: CheckedDocument {}
extension Procfile: CheckedDocument {}
extension RailwayConfig: CheckedDocument {}
extension RenderBlueprint: CheckedDocument {}
extension YAMLDocument: CheckedDocument {}

/// A text that is no document of its own: unit files.
package struct PlainText: CheckedDocument {
    package let lines: [Substring]
    package var diagnostics: [Diagnostic] { [] }

    package init(parsing text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }
}

/// A file of one format in the repository that is checked; its document's members are the file's own.
@dynamicMemberLookup
package struct CheckedFile<Document: CheckedDocument>: RuleSubject {
    /// Relative to the tree's root.
    package let location: String
    package let text: String
    package let document: Document
    /// Where the file stands, for rules that look further.
    package let repository: CheckedRepository
    private let lineCache: OnDemand<[Substring]>

    fileprivate init(_ read: ReadFile<Document>, in repository: CheckedRepository) {
        location = read.path
        text = read.text
        document = read.document
        lineCache = read.lines
        self.repository = repository
    }

    package var path: String? { location }
    /// The text's lines without their ends.
    var textLines: [Substring] { lineCache.value }
    package var diagnostics: [Diagnostic] {
        document.diagnostics.map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.file = location
            if diagnostic.severity == .error, isReadByBundlerAlone || isRemarkForNode(diagnostic) {
                diagnostic.severity = .info
            }
            return diagnostic
        }
    }

    /// Whether it is a `.env.production` beside Vite's configuration: Vite's reader passes over a line that is no
    /// assignment (github.com/motdotla/dotenv).
    private var isReadByBundlerAlone: Bool {
        guard Document.self == Dotenv.self else { return false }
        let name = SourceTree.Entry(path: location).name
        let modes = [".env.development", ".env.production", ".env.staging", ".env.local", ".env.test"]
        guard modes.contains(where: { name == $0 || name == $0 + ".local" }) else { return false }
        return ["ts", "js", "mts", "mjs"].contains {
            repository.tree.contains(GoPath.clean(folder + "/vite.config." + $0))
        }
    }

    /// Whether it is a line with two slashes in a template beside package.json, whose reader passes over it; Compose
    /// does not.
    private func isRemarkForNode(_ diagnostic: Diagnostic) -> Bool {
        guard Document.self == Dotenv.self, let line = diagnostic.line, textLines.indices.contains(line - 1),
            textLines[line - 1].trimmed.hasPrefix("//"),
            repository.tree.contains(GoPath.clean(folder + "/package.json"))
        else { return false }
        return !repository.composeFiles.contains { file in
            file.services.flatMap(\.environmentFiles).contains { given in
                file.resolve(given.path).map { SourceTree.Entry(path: $0).directory == folder } ?? true
            }
        }
    }

    package subscript<Value>(dynamicMember member: KeyPath<Document, Value>) -> Value { document[keyPath: member] }

    /// The folder, `.` at the root.
    package var folder: String { SourceTree.Entry(path: location).directory }

    /// Replaces a text in one line.
    func fix(_ title: String, line: Int, _ old: String, with new: String, isUnsafe: Bool = false) -> Fix? {
        let lines = textLines
        guard lines.indices.contains(line - 1), let range = TextSearch.range(of: old, in: lines[line - 1]) else {
            return nil
        }
        let body = lines[line - 1]
        let replaced = body[..<range.lowerBound] + new + body[range.upperBound...]
        return Fix(title, line: line, count: 1, replacement: [String(replaced)], isUnsafe: isUnsafe)
    }
}

/// A file that was read, without the repository that holds it.
private struct ReadFile<Document: CheckedDocument>: Sendable {
    let path: String
    let text: String
    let document: Document
    let lines: OnDemand<[Substring]>

    init(path: String, text: String) {
        self.path = path
        self.text = text
        document = Document(parsing: text)
        lines = OnDemand { text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" } }
    }
}

/// The documents of one format, read when first asked for; they do not know their repository, which holds them.
struct DocumentShelf<Document: CheckedDocument>: Sendable {
    private let read: OnDemand<[ReadFile<Document>]>

    init(_ tree: SourceTree, leavingTemplates: Bool = false, _ paths: @escaping @Sendable () -> [String]) {
        read = OnDemand {
            paths().compactMap { path in
                guard let text = tree.text(path), !leavingTemplates || !TemplateText.isTemplate(text) else {
                    return nil
                }
                return ReadFile(path: path, text: text)
            }
        }
    }

    func files(in repository: CheckedRepository) -> [CheckedFile<Document>] {
        read.value.map { CheckedFile($0, in: repository) }
    }
}
