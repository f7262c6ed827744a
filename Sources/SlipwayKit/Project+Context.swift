// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension Project {
    /// The files that enter an image's build context, after the ignore file that Docker would use.
    /// - Parameter dockerfile: Relative to the project's folder; `nil` for `Dockerfile`.
    /// - Throws: ``SlipwayError`` `unreadable`.
    public func buildContext(dockerfile: String?) throws -> ContextListing {
        let candidates = BuildContext.ignoreFiles(forDockerfile: relative(dockerfile ?? "Dockerfile"))
        let ignoreFile = candidates.first(where: files.exists)
        let ignore = try ignoreFile.map { DockerIgnore(parsing: try files.text($0)) }
        // A folder can be passed over only when no exception can bring a file in it back.
        let hasExceptions = ignore?.rules.contains(where: \.isException) ?? true
        let all = try FolderFiles.read(directory) { folder in !hasExceptions && ignore?.excludes(folder) == true }
        let listed = all.map { BuildContext.File(path: $0.path, sizeInBytes: $0.sizeInBytes) }
        return ContextListing(context: BuildContext(listed, ignore: ignore, ignoreFile: ignoreFile))
    }

    private func relative(_ path: String) -> String {
        let prefix = directory == "/" ? "/" : directory + "/"
        guard path.hasPrefix("/"), let absolute = FileStore.canonical(path), absolute.hasPrefix(prefix) else {
            return path
        }
        return String(absolute.dropFirst(prefix.count))
    }
}

/// A build context, ready to be shown.
public struct ContextListing: Sendable {
    let context: BuildContext

    /// One line a file: its size in bytes and its path.
    public var lines: [String] {
        let width = context.files.map { String($0.sizeInBytes).utf8.count }.max() ?? 0
        return context.files.map { file in
            let size = String(file.sizeInBytes)
            return String(repeating: " ", count: width - size.utf8.count) + size + "  " + file.path
        }
    }
    /// `{"files": [{"path", "size"}], "ignoreFile", "size"}`, sizes in bytes.
    public func json() throws -> String { try JSONText.pretty(context) }
    /// How many files, how much, and which ignore file counted.
    public var summary: String {
        "\(context.files.count) files, \(context.sizeInBytes) bytes, "
            + (context.ignoreFile.map { "after \($0)" } ?? "no ignore file")
    }
    /// What is wrong with the ignore file, one line each; with any, the build fails.
    public var problems: [String] { context.diagnostics.map(DiagnosticText.line) }
}
