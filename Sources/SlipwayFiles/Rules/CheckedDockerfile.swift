// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What the rules ask of a Dockerfile again and again, read once.
package final class DockerfileReading: Sendable {
    package let text: String
    package let file: Dockerfile
    package let stages: [DockerfileStage]
    /// Every instruction in file order, with the commands that it runs.
    package let steps: [DockerfileStep]
    private let scopeCache: OnDemand<[[DockerfileScope]]>

    package init(_ text: String) {
        self.text = text
        let file = Dockerfile(parsing: text)
        self.file = file
        stages = file.stages
        steps = file.steps()
        scopeCache = OnDemand { file.scopes() }
    }

    /// The steps of one stage, from its FROM on.
    func steps(of stage: DockerfileStage) -> ArraySlice<DockerfileStep> {
        let start = steps.partitioningIndex { $0.stage ?? -1 >= stage.index }
        let end = steps[start...].partitioningIndex { $0.stage ?? -1 > stage.index }
        return steps[start..<end]
    }

    /// For each stage the scope before each of its instructions, and the one after the last.
    package var scopes: [[DockerfileScope]] { scopeCache.value }
}

/// A Dockerfile in the repository that is checked.
@dynamicMemberLookup
package struct CheckedDockerfile: RuleSubject {
    /// Relative to the tree's root.
    package let location: String
    package let reading: DockerfileReading
    /// Where the file stands, for rules that look further.
    package let repository: CheckedRepository

    package var path: String? { location }
    package var document: Dockerfile { reading.file }
    package var text: String { reading.text }
    package var stages: [DockerfileStage] { reading.stages }
    package var scopes: [[DockerfileScope]] { reading.scopes }

    package var diagnostics: [Diagnostic] {
        let file = reading.file
        // Warnings of the parser are findings of DF208.
        return
            (file.diagnostics.filter { $0.severity == .error } + file.shapeDiagnostics + file.optionDiagnostics
            + file.expansionDiagnostics).map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.file = location
                return diagnostic
            }
    }

    package subscript<Value>(dynamicMember member: KeyPath<Dockerfile, Value>) -> Value {
        reading.file[keyPath: member]
    }
}
