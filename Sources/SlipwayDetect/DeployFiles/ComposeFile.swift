// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The parts of a Compose file that say something about services (compose-spec/05-services.md).
struct ComposeFile: Sendable {
    struct Service: Sendable {
        var name: String
        var line: Int
        var image: (text: String, line: Int)?
        /// Seen from the repository's root.
        var context: String?
        var dockerfile: String?
        var command: (text: String, line: Int)?
        /// Ports inside the container.
        var ports: [(number: UInt16, line: Int)]
        var dependencies: [(name: String, mustComplete: Bool)]
        /// Values with `${X:-y}` as written.
        var environment: [(name: String, value: String, line: Int)]
        var healthPath: (text: String, line: Int)?
        /// Paths inside the container that are kept, and whether a folder of the repository is mounted there.
        var mounts: [(target: String, source: String, line: Int)]
        /// Files with variables, seen from the repository's root.
        var envFiles: [String]

        /// What those files give, as far as they are in the repository.
        func fileEnvironment(in tree: SourceTree) -> [(name: String, value: String, file: String, line: Int)] {
            envFiles.flatMap { path in
                Dotenv(parsing: tree.text(path) ?? "").assignments.map { ($0.name, $0.value ?? "", path, $0.line) }
            }
        }
    }

    let path: String
    let services: [Service]

    init?(_ path: String, in tree: SourceTree) {
        guard let text = tree.text(path), let root = YAMLDocument(parsing: text).root,
            let listed = root["services"]?.mapping
        else { return nil }
        self.path = path
        let folder = path.parentDirectory
        services = listed.entries.compactMap { entry in
            entry.value.mapping == nil ? nil : Self.service(entry, folder)
        }
    }

    private static func service(_ entry: DataMapping.Entry, _ folder: String) -> Service {
        let node = entry.value
        let build = node["build"]
        let context =
            (build?.string ?? build?["context"]?.string).flatMap { PathText.normalized(folder.appending(path: $0)) }
            ?? (build?.mapping == nil ? nil : folder)
        return Service(
            name: entry.key, line: entry.line,
            image: node["image"].flatMap { image in image.string.map { ($0, image.line) } },
            context: context, dockerfile: build?["dockerfile"]?.string, command: command(node["command"]),
            ports: ports(node),
            dependencies: dependencies(node["depends_on"]) + links(node["links"]),
            environment: environment(node["environment"]),
            healthPath: node.at("healthcheck", "test").flatMap { test in
                DockerImage.urlPath(in: test.texts?.joined(separator: " ") ?? "", ports: ports(node).map(\.0))
                    .map { ($0, test.line) }
            }, mounts: mounts(node["volumes"], folder), envFiles: envFiles(node["env_file"], folder))
    }

    private static func envFiles(_ node: DataNode?, _ folder: String) -> [String] {
        let items = node?.sequence ?? [node].compactMap(\.self)
        return items.compactMap {
            ($0.string ?? $0["path"]?.string).flatMap { PathText.normalized(folder.appending(path: $0)) }
        }
    }

    private static func command(_ node: DataNode?) -> (String, Int)? {
        guard let node else { return nil }
        if let written = node.text {
            let text = written.replacing("\\\n", with: " ")
            // `bash -c "…"` written as one text.
            let words = ServerCommand.split(text)
            if words.count >= 3, ["sh", "bash", "/bin/sh", "/bin/bash"].contains(words[0]), words[1].hasPrefix("-"),
                words[1].hasSuffix("c")
            {
                return (words[2...].joined(separator: " ").trimmingQuotes, node.line)
            }
            return (text.replacing("\n", with: " "), node.line)
        }
        guard let words = node.texts, !words.isEmpty else { return nil }
        if words.count == 3, ["sh", "bash", "/bin/sh", "/bin/bash"].contains(words[0]), words[1].hasSuffix("c") {
            return (words[2].replacing("\\\n", with: " ").replacing("\n", with: " "), node.line)
        }
        return (words.map { $0.contains("$") ? $0 : ShellWord.quote($0) }.joined(separator: " "), node.line)
    }

    private static func ports(_ node: DataNode) -> [(UInt16, Int)] {
        let published = (node["ports"]?.sequence ?? []).compactMap { item -> (UInt16, Int)? in
            if let target = item["target"]?.int { return UInt16(exactly: target).map { ($0, item.line) } }
            guard let text = item.text else { return nil }
            // The part after the last colon that is not inside `${…}`.
            var depth = 0
            var tail = ""
            for character in text {
                if character == "{" { depth += 1 }
                if character == "}" { depth -= 1 }
                if character == ":", depth == 0 { tail = "" } else { tail.append(character) }
            }
            let plain = Interpolation.expand(tail) { _ in nil }
            return UInt16(plain.prefix { $0 != "/" && $0 != "-" }).map { ($0, item.line) }
        }
        let exposed = (node["expose"]?.sequence ?? []).compactMap { item in
            item.text.flatMap { UInt16($0) }.map { ($0, item.line) }
        }
        return published + exposed
    }

    private static func dependencies(_ node: DataNode?) -> [(String, Bool)] {
        if let mapping = node?.mapping {
            return mapping.entries.map { ($0.key, $0.value["condition"]?.string == "service_completed_successfully") }
        }
        return (node?.texts ?? []).map { ($0, false) }
    }

    /// `mysql:dbserver`: what files before `depends_on` said.
    private static func links(_ node: DataNode?) -> [(String, Bool)] {
        (node?.texts ?? []).map { (String($0.prefix { $0 != ":" }), false) }
    }

    private static func environment(_ node: DataNode?) -> [(String, String, Int)] {
        if let mapping = node?.mapping { return mapping.entries.map { ($0.key, $0.value.text ?? "", $0.line) } }
        return (node?.sequence ?? []).compactMap { item in
            guard let text = item.text, let equals = text.firstIndex(of: "=") else { return nil }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]), item.line)
        }
    }

    private static func mounts(_ node: DataNode?, _ folder: String) -> [(String, String, Int)] {
        (node?.sequence ?? []).compactMap { item in
            if let target = item["target"]?.string { return (target, item["source"]?.string ?? "", item.line) }
            let parts = (item.text ?? "").split(separator: ":").map(String.init)
            guard parts.count >= 2, parts[1].hasPrefix("/"),
                parts.count < 3 || !parts[2].split(separator: ",").contains("ro")
            else { return nil }
            return (parts[1], parts[0], item.line)
        }
    }
}
