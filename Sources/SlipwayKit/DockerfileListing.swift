// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// A Dockerfile taken apart, ready to be shown.
public struct DockerfileListing: Sendable {
    private let file: Dockerfile
    private let path: String

    /// - Parameter path: Relative to the working directory, or absolute.
    /// - Throws: ``SlipwayError`` `unreadable`.
    public init(path: String) throws {
        guard let absolute = FileStore.canonical(path), let slash = absolute.lastIndex(of: "/") else {
            throw SlipwayError(.unreadable, "there is no file \(path)", hint: "slipway debug ast Dockerfile")
        }
        let folder = FileStore(root: slash == absolute.startIndex ? "/" : String(absolute[..<slash]))
        file = Dockerfile(parsing: try folder.text(String(absolute[absolute.index(after: slash)...])))
        self.path = path
    }

    /// The instructions as a JSON array; `nil` when BuildKit's parser refuses the file.
    public func json() throws -> String? { file.isRefused ? nil : try JSONText.pretty(DockerfileAST(file)) }

    /// What BuildKit's parser says, and which instructions the build refuses for their shape, one line each.
    public var problems: [String] {
        (file.diagnostics + file.shapeDiagnostics).sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map {
            var diagnostic = $0
            diagnostic.file = path
            return DiagnosticText.line(diagnostic)
        }
    }

    /// Whether the build would not start.
    public var isRefused: Bool { file.isRefused || !file.shapeDiagnostics.isEmpty }
}
