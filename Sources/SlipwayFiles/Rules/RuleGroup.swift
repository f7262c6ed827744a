// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The rules of one kind of subject, and where a repository has such subjects.
package struct RuleGroup: Sendable {
    /// Heading in the reference.
    package let title: String
    /// The name that a rule's one-text examples have.
    package let examplePath: String
    /// Whether the rules need the whole repository, so that they rest when single files are checked.
    package let isAcrossFiles: Bool
    /// In the order of the catalog.
    package let descriptions: [RuleDescription]
    private let run: @Sendable (CheckedRepository, String?, (String) -> Bool) -> [Diagnostic]

    /// - Parameter subjects: In path order.
    init<Subject: RuleSubject>(
        _ title: String, examplePath: String, isAcrossFiles: Bool = false, _ rules: [Rule<Subject>],
        _ subjects: @escaping @Sendable (CheckedRepository) -> [Subject]
    ) {
        self.title = title
        self.examplePath = examplePath
        self.isAcrossFiles = isAcrossFiles
        descriptions = rules.map(\.description)
        run = { repository, path, isOff in
            let active = rules.filter { !isOff($0.description.code) }
            return subjects(repository).flatMap { subject -> [Diagnostic] in
                if let path, let own = subject.path, own != path { return [] }
                return subject.diagnostics + active.flatMap { $0.diagnostics(of: subject) }
            }
        }
    }

    /// - Parameters:
    ///   - path: The one file that is looked at; `nil` for all.
    ///   - isOff: Codes that nobody wants to hear of; their rules do not run.
    package func diagnostics(
        in repository: CheckedRepository, of path: String? = nil, isOff: (String) -> Bool = { _ in false }
    ) -> [Diagnostic] {
        run(repository, path, isOff)
    }
}
