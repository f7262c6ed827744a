// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a Compose service is given: `environment` before `env_file`.
enum GivenToService {
    struct Given {
        let name: String
        let value: String
        let file: String
        let line: Int
        /// Whether it stands in a template, whose values are examples.
        let isTemplate: Bool
    }

    static func variables(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> [Given] {
        var found: [Given] = []
        var names: Set<String> = []
        for variable in service.environment {
            names.insert(variable.name)
            if let value = variable.value {
                found.append(
                    Given(
                        name: variable.name, value: value, file: file.location, line: variable.line, isTemplate: false))
            }
        }
        for given in service.environmentFiles.reversed() {
            guard let path = file.resolve(given.path) else { continue }
            let tree = file.repository.tree
            let existing = tree.contains(path) ? path : DotenvTemplates.of(path, in: tree)
            guard let existing, let text = tree.text(existing) else { continue }
            for assignment in Dotenv(parsing: text).assignments where names.insert(assignment.name).inserted {
                found.append(
                    Given(
                        name: assignment.name, value: assignment.value ?? "", file: existing, line: assignment.line,
                        isTemplate: existing != path))
            }
        }
        return found
    }
}
