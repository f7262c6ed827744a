// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A `docker compose` command line in its parts.
struct ComposeCall {
    /// The files that `-f` names.
    let files: [String]
    /// `up`; empty without one.
    let verb: String
    /// Options that stand before the verb, without their values.
    let before: [String]
    /// What follows the verb, options and services.
    let after: [String]

    static let verbs: Set<String> = [
        "attach", "bridge", "build", "commit", "config", "convert", "cp", "create", "down", "events", "exec", "export",
        "help", "images", "kill", "logs", "ls", "pause", "port", "ps", "publish", "pull", "push", "restart", "rm",
        "run",
        "scale", "start", "stats", "stop", "top", "unpause", "up", "version", "volumes", "wait", "watch", "alpha",
    ]
    /// Options of compose itself, most with a value.
    private static let valued: Set<String> = [
        "-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--project-directory", "--ansi",
        "--progress", "--parallel", "-c", "--context", "-H", "--host", "--workdir",
    ]

    /// - Returns: `nil` when the words are another command.
    init?(_ words: [String]) {
        var rest = words[...]
        if rest.first == "docker-compose" {
            rest = rest.dropFirst()
        } else if rest.prefix(2).elementsEqual(["docker", "compose"]) {
            rest = rest.dropFirst(2)
        } else {
            return nil
        }
        var files: [String] = []
        var before: [String] = []
        while let first = rest.first, first.hasPrefix("-") {
            rest = rest.dropFirst()
            let name = String(first.prefix { $0 != "=" })
            before.append(name)
            guard Self.valued.contains(name) else { continue }
            let value = first.contains("=") ? String(first.dropFirst(name.count + 1)) : rest.first ?? ""
            if !first.contains("=") { rest = rest.dropFirst() }
            if name == "-f" || name == "--file" { files.append(value) }
        }
        self.files = files
        self.before = before
        verb = rest.first ?? ""
        after = Array(rest.dropFirst())
    }

    /// What compose says no to, and what to type; `nil` when it is fine.
    var refusal: String? {
        if let early = before.first(where: Self.belongsBehind.contains) {
            return "\(early) is no option of compose itself; write it behind the verb: docker compose up \(early)"
        }
        guard !verb.isEmpty, verb.allSatisfy({ $0.isLowercase && $0.isASCII || $0 == "-" }) else { return nil }
        guard Self.verbs.contains(verb) else {
            let near = NearestWord.of(verb, among: Self.verbs).map { "; write: \($0)" } ?? "; write one that it has: up"
            return "docker compose has no command \(verb)\(near)"
        }
        let options = ownOptions
        let isFileWrong = !["logs", "rm", "version"].contains(verb)
        for option in options {
            let name = String(option.prefix { $0 != "=" })
            if isFileWrong,
                ["-f", "--file"].contains(name) || ["--env-file", "--profile", "--project-name"].contains(name)
            {
                return
                    "\(name) stands behind \(verb), which has no such option; write: docker compose \(name) VALUE \(verb)"
            }
        }
        return nil
    }

    private static let belongsBehind: Set<String> = [
        "-d", "--detach", "--build", "--remove-orphans", "--force-recreate", "-it", "-T", "--rm", "--no-cache",
    ]

    /// The options of the verb; what follows a service of `run` and `exec` belongs to the command in it.
    private var ownOptions: [String] {
        guard verb == "run" || verb == "exec" else { return after.filter { $0.hasPrefix("-") } }
        var found: [String] = []
        var rest = after[...]
        while let first = rest.first, first.hasPrefix("-") {
            found.append(first)
            let takesValue = ["-e", "--env", "-u", "--user", "-w", "--workdir", "--name", "-v", "--entrypoint", "-p"]
            rest = rest.dropFirst(takesValue.contains(first) ? 2 : 1)
        }
        return verb == "run" ? found.filter { $0 != "--env-file" } : found
    }
}
