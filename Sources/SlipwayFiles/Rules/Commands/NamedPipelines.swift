// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Unable to find Jenkinsfile.
    static let namedPipelineElsewhere = Rule(
        "AP356", .warning, "a document gives Jenkins a script path that the repository does not have",
        why: "The job is made as the document says and ends at once: \"Unable to find Jenkinsfile\".",
        catches: [
            ["README.md": "- Script Path: `Jenkinsfile`\n", "backend/Jenkinsfile": "node { sh 'make' }\n"]
        ],
        passes: [
            ["README.md": "- Script Path: `backend/Jenkinsfile`\n", "backend/Jenkinsfile": "node { sh 'make' }\n"],
            ["README.md": "- Script Path: `Jenkinsfile`\n"],
        ]
    ) { repository in
        let own = repository.tree.files(named: "Jenkinsfile").map(\.path)
        guard repository.isWhole, let nearest = own.first else { return [] }
        return repository.documents.compactMap { entry in
            guard let bytes = repository.tree.bytes(entry.path), ByteSearch.contains("Script Path".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let range = TextSearch.range(of: "Script Path", in: line) else { continue }
                let words = line[range.upperBound...].split { " :`*\"'".contains($0) }
                guard let path = words.first(where: { $0.hasSuffix("Jenkinsfile") }).map(String.init),
                    ToldCommand.isPlain(path), !repository.tree.contains(GoPath.clean(path))
                else { continue }
                return Violation(
                    file: entry.path, line: index + 1, "there is no \(path) in this place; write: \(nearest)")
            }
            return nil
        }
    }
}
