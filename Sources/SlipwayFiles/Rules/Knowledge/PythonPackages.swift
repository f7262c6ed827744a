// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which Python packages a repository lists.
enum PythonPackages {
    static func isKnown(in repository: CheckedRepository) -> Bool { !repository.pythonRequirements.isEmpty }
    static func has(_ package: String, in repository: CheckedRepository) -> Bool {
        repository.pythonRequirements.contains { $0.contains(package) }
    }

    static func codeMentions(_ text: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(text.utf8)
        return repository.tree.entries.contains { entry in
            entry.name.hasSuffix(".py")
                && repository.tree.bytes(entry.path).map { RouteSearch.contains($0, needle) } == true
        }
    }
}
