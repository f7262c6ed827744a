// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The names that Compose makes of its project's and a service's: `shop-web-1`.
enum ProjectNames {
    /// The project and the service of a container's name; `nil` when it is no such name.
    static func parts(of name: String, _ services: Set<String>) -> (project: String, service: String)? {
        let words = name.split(separator: name.contains("_") && !name.contains("-") ? "_" : "-")
        guard words.count >= 3, let last = words.last, Int(last) != nil, !name.contains("$") else { return nil }
        for service in services.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            for mark in ["-", "_"] {
                let end = mark + service + mark + last
                guard name.hasSuffix(end), name.utf8.count > end.utf8.count else { continue }
                return (String(name.dropLast(end.utf8.count)), service)
            }
        }
        return nil
    }

    /// Whether a file, a command or the folder of the repository gives the project this name.
    static func isGiven(_ project: String, in repository: CheckedRepository) -> Bool {
        let folders = [repository.tree.name] + repository.composeFiles.map(\.folder)
        let isFolder = folders.contains { normal(SourceTree.Entry(path: $0).name) == normal(project) }
        let isNamed = repository.composeFiles.contains { $0.document.name.map(normal) == normal(project) }
        let isTold = repository.toldCommands.contains { told in
            zip(told.words, told.words.dropFirst()).contains { option, value in
                ["-p", "--project-name"].contains(option) && normal(value) == normal(project)
            }
        }
        let isSet = repository.tree.entries.contains { entry in
            guard entry.name.contains("env") || entry.name.hasSuffix(".sh") || entry.name == "Makefile",
                let text = repository.tree.text(entry.path)
            else { return false }
            return text.contains("COMPOSE_PROJECT_NAME")
        }
        return isFolder || isNamed || isTold || isSet
    }

    /// As Compose writes it: small letters, digits, hyphens and underscores.
    private static func normal(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }
}
