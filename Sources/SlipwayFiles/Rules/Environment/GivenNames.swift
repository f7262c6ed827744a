// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names that files give.
enum GivenNames {
    struct Place {
        let name: String
        let value: String?
        let file: String
        let line: Int
    }

    /// What a Compose service is given; `nil` when a file that nobody can see may give more.
    /// - Parameter isAlone: Whether files that it need not be merged with are left out.
    static func of(_ unit: DeployedUnit, isAlone: Bool = false) -> Set<String>? {
        guard let service = unit.service, let compose = unit.compose else { return nil }
        var names = Set(
            unit.instructions.filter { ["ENV", "ARG"].contains($0.keyword) }.flatMap { $0.pairs.map(\.name) })
        for member in isAlone ? compose.running(service.name) : compose.anywhereDeployed(service.name) {
            names.formUnion(member.environment.map(\.name))
            for given in member.environmentFiles {
                guard let path = compose.resolve(given.path) else { return nil }
                let tree = compose.repository.tree
                guard let existing = tree.contains(path) ? path : DotenvTemplates.of(path, in: tree),
                    let text = tree.text(existing)
                else { return nil }
                names.formUnion(Dotenv(parsing: text).assignments.map(\.name))
                // Names that a template only mentions count too.
                names.formUnion(commented(text))
            }
            if member.node["extends"] != nil || member.node["secrets"] != nil { return nil }
        }
        // A dotenv file that is copied into the image gives its names to the process.
        if unit.instructions.contains(where: { $0.keyword == "COPY" && $0.text.contains(".env") }) { return nil }
        let names0 = names
        let mounts = service.mounts.contains { $0.target.hasSuffix(".env") }
        return mounts || names0.isEmpty && service.environmentFiles.isEmpty && service.environment.isEmpty ? nil : names
    }

    private static func commented(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let body = line.drop { $0 == "#" || $0 == " " }
            guard let equals = body.firstIndex(of: "="), line.hasPrefix("#") else { return nil }
            let name = body[..<equals].trimmed
            return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? name : nil
        }
    }

    /// Every dotenv file, and the environment of services that are built here.
    static func everywhere(in repository: CheckedRepository) -> [Place] {
        var found: [Place] = []
        for file in repository.dotenvFiles where DotenvPurpose(path: file.location) != .test {
            for assignment in file.document.assignments {
                found.append(
                    Place(name: assignment.name, value: assignment.value, file: file.location, line: assignment.line))
            }
        }
        for file in repository.composeFiles {
            for service in file.services where service.build != nil {
                for variable in service.environment {
                    found.append(
                        Place(name: variable.name, value: variable.value, file: file.location, line: variable.line))
                }
            }
        }
        return found
    }

    /// Whether any text of the repository but the giving files has the name.
    static func isMentioned(_ name: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(name.utf8)
        return repository.tree.entries.contains { entry in
            guard FileFormat(path: entry.path) != .dotenv, !entry.path.contains("node_modules/"),
                ![".md", ".lock", ".svg", ".map", ".rst", ".txt"].contains(where: { entry.name.hasSuffix($0) }),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            if FileFormat(path: entry.path) == .compose { return false }
            return RouteSearch.contains(bytes, needle)
        }
    }
}
