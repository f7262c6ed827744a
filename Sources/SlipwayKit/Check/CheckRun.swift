// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

/// Checks folders and single files.
public struct CheckRun: Sendable {
    /// As given; a folder is a whole repository, files are checked by the rules of their own format alone.
    private let paths: [String]

    /// - Parameter paths: Relative to the working directory, or absolute; the working directory when empty.
    public init(paths: [String]) { self.paths = paths.isEmpty ? ["."] : paths }

    /// - Throws: ``SlipwayError`` `unreadable`, `not-a-directory`, `empty-repository`, `bad-configuration`.
    public func check() throws -> CheckReport {
        var diagnostics: [Diagnostic] = []
        var texts: [String: String] = [:]
        for part in try parts() {
            let repository = part.repository
            for diagnostic in part.checker.check(repository) {
                var shown = diagnostic
                shown.file = diagnostic.file.map { part.prefix + $0 }
                diagnostics.append(shown)
                guard let file = diagnostic.file, texts[part.prefix + file] == nil else { continue }
                texts[part.prefix + file] = repository.tree.text(file)
            }
        }
        return CheckReport(diagnostics: diagnostics, texts: texts)
    }

    /// One repository of the run.
    struct Part {
        let repository: CheckedRepository
        let checker: Checker
        /// What stands before its paths in the report.
        let prefix: String
        /// Where its files are written.
        let root: String?
    }

    func parts() throws -> [Part] {
        let folders = paths.filter(TreeReader.isFolder)
        let files = paths.filter { !TreeReader.isFolder($0) }
        var parts = try folders.map { folder in
            try Self.folder(folder, prefix: folders.count + files.count > 1 ? Self.prefix(folder) : "")
        }
        if !files.isEmpty { parts.append(try Self.files(files)) }
        return parts
    }

    private static func prefix(_ folder: String) -> String {
        var name = folder
        while name.hasPrefix("./") { name.removeFirst(2) }
        while name.hasSuffix("/"), name.utf8.count > 1 { name.removeLast() }
        return name == "." || name.isEmpty ? "" : name == "/" ? name : name + "/"
    }

    private static func folder(_ folder: String, prefix: String) throws -> Part {
        let tree = try TreeReader.read(folder)
        let configuration = try Configuration.read(from: tree)
        let repository = CheckedRepository(
            tree: tree, app: { try? Detection.detect(tree, configuration: configuration) },
            tracked: { GitIndex.paths(inFolder: folder) },
            executables: { GitIndex.executables(inFolder: folder) })
        return Part(repository: repository, checker: Checker(), prefix: prefix, root: folder)
    }

    private static func files(_ files: [String]) throws -> Part {
        let tree = try TreeReader.files(files)
        var formats: [String: FileFormat] = [:]
        for path in files where FileFormat(path: path) == nil {
            guard let format = FileFormat(contents: tree.text(path) ?? "") else {
                throw SlipwayError(
                    .unreadable, "\(path) is no file that slipway checks",
                    hint: "name a Dockerfile, a Compose file, or the folder that holds them")
            }
            formats[path] = format
        }
        let repository = CheckedRepository(tree: tree, isWhole: false, unusual: formats)
        return Part(repository: repository, checker: Checker(), prefix: "", root: nil)
    }
}
