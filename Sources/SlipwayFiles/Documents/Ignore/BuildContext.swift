// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// The files that an image build sees: a folder's files after the ignore file.
public struct BuildContext: Equatable, Sendable {
    /// A file or a link of the folder, Git's ignored ones included.
    public struct File: Equatable, Sendable {
        /// Relative to the context's root.
        public let path: String
        /// Of a link, the length of its target's name.
        public let sizeInBytes: Int

        package init(path: String, sizeInBytes: Int) {
            self.path = path
            self.sizeInBytes = sizeInBytes
        }
    }

    /// What enters the context, in the order given.
    public let files: [File]
    /// What the ignore file keeps out, in the order given.
    public let excluded: [File]
    /// Path of the ignore file that counts, `nil` without one.
    public let ignoreFile: String?
    /// What is wrong with the ignore file.
    public let diagnostics: [Diagnostic]

    /// Sum of the files' sizes.
    public var sizeInBytes: Int { files.reduce(0) { $0 + $1.sizeInBytes } }

    /// - Parameters:
    ///   - files: All files of the folder.
    ///   - ignore: The ignore file that counts; `nil` without one.
    ///   - ignoreFile: Its path.
    public init(_ files: [File], ignore: DockerIgnore?, ignoreFile: String? = nil) {
        var matcher = DockerIgnoreMatcher(ignore ?? DockerIgnore(parsing: ""))
        var kept: [File] = []
        var excluded: [File] = []
        for file in files {
            if let rule = matcher.decidingRule(for: file.path), !rule.isException {
                excluded.append(file)
            } else {
                kept.append(file)
            }
        }
        self.files = kept
        self.excluded = excluded
        self.ignoreFile = ignoreFile
        diagnostics = (ignore?.diagnostics ?? []).map {
            var diagnostic = $0
            diagnostic.file = ignoreFile
            return diagnostic
        }
    }

    /// Where the ignore file of a Dockerfile can stand, the first that exists counts: `NAME.dockerignore` beside it,
    /// then `.dockerignore` at the context's root (docs.docker.com/build/concepts/context/#filename-and-location).
    /// - Parameter dockerfile: Relative to the context's root.
    public static func ignoreFiles(forDockerfile dockerfile: String) -> [String] {
        [GoPath.clean(dockerfile) + ".dockerignore", ".dockerignore"]
    }
}

extension BuildContext: Encodable {
    private enum CodingKeys: String, CodingKey { case ignoreFile, size, files }
    private struct Line: Encodable {
        let path: String
        let size: Int
    }

    /// Writes `{"ignoreFile", "size", "files": [{"path", "size"}]}`, sizes in bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ignoreFile, forKey: .ignoreFile)
        try container.encode(sizeInBytes, forKey: .size)
        try container.encode(files.map { Line(path: $0.path, size: $0.sizeInBytes) }, forKey: .files)
    }
}
