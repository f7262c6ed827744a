// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What a Dockerfile says about the process that it runs.
struct DockerImage: Sendable {
    struct Fact<Value: Sendable>: Sendable {
        var value: Value
        var line: Int
    }

    let path: String
    /// Bases of all stages, without registry: `python:3.11-slim`.
    private(set) var bases: [Fact<String>] = []
    /// Of the last stage.
    private(set) var ports: [Fact<UInt16>] = []
    /// Shell text; entry point and command joined.
    private(set) var command: Fact<String>?
    /// Of the last stage, as written.
    private(set) var entrypoint: [String] = []
    private(set) var healthPath: Fact<String>?
    /// Debian packages that the last stage installs.
    private(set) var packages: [Fact<String>] = []
    /// What any stage runs while it is built, as shell text.
    private(set) var buildCommands: [String] = []
    /// Paths of the build context that any stage copies.
    private(set) var copied: [String] = []
    /// The folder of a build stage that the web server's image takes over.
    private(set) var servedFolder: Fact<String>?
    /// Of the last stage.
    private(set) var workingDirectory = "/"
    /// What the last stage sets, by variable.
    private(set) var environment: [String: Fact<String>] = [:]
    private var stageFolders: [String: String] = [:]

    init(_ path: String, text: String) {
        self.path = path
        var entry: [String] = []
        var tail: [String] = []
        var line = 1
        var stage = ""
        var given: [String: String] = [:]
        for instruction in Dockerfile(parsing: text).instructions {
            switch instruction.keyword {
            case "FROM":
                bases +=
                    instruction.arguments.first.map { [Fact(value: Self.withoutRegistry($0), line: instruction.line)] }
                    ?? []
                stage = instruction.arguments.count > 2 ? instruction.arguments[2] : String(bases.count - 1)
                // What an earlier stage said ends with it, unless this one builds on it.
                if let base = instruction.arguments.first, let inherited = stageFolders[base] {
                    workingDirectory = inherited
                } else {
                    (ports, packages, entry, tail, workingDirectory) = ([], [], [], [], "/")
                    environment = [:]
                    command = nil
                }
            case "WORKDIR":
                if let folder = instruction.arguments.first {
                    workingDirectory = folder.hasPrefix("/") ? folder : workingDirectory + "/" + folder
                }
            case "ENV":
                // Name, value and what stood between them, for each.
                for index in stride(from: 0, to: instruction.arguments.count - 1, by: 3) {
                    let value = instruction.arguments[index + 1].trimmingQuotes
                    given[instruction.arguments[index]] = value
                    environment[instruction.arguments[index]] = Fact(value: value, line: instruction.line)
                }
            case "ARG":
                for word in instruction.arguments {
                    guard let equals = word.firstIndex(of: "=") else { continue }
                    given[String(word[..<equals])] = String(word[word.index(after: equals)...]).trimmingQuotes
                }
            case "EXPOSE":
                ports += instruction.arguments.compactMap { written in
                    let word = Interpolation.expand(written) { given[$0] }
                    return UInt16(word.prefix { $0 != "/" }).map { Fact(value: $0, line: instruction.line) }
                }
            case "ENTRYPOINT":
                (entry, line) = (Self.words(of: instruction), instruction.line)
            case "CMD":
                (tail, line) = (Self.words(of: instruction), instruction.line)
            case "COPY", "ADD": readCopy(instruction)
            case "RUN":
                packages += Self.installed(by: instruction)
                buildCommands.append(instruction.arguments.joined(separator: " "))
            case "HEALTHCHECK":
                healthPath = Self.urlPath(in: instruction.arguments.joined(separator: " ")).map {
                    Fact(value: $0, line: instruction.line)
                }
            default: break
            }
            stageFolders[stage] = workingDirectory
        }
        entrypoint = entry
        let words = entry + tail
        if !words.isEmpty { command = Fact(value: words.joined(separator: " "), line: line) }
    }

    /// `nginx`, `caddy` and their kin only serve files.
    var isFileServer: Bool {
        guard let last = bases.last?.value else { return false }
        return ["nginx", "caddy", "httpd", "static-web-server", "nginx-unprivileged", "openresty"].contains {
            last.split(separator: ":").first?.hasSuffix($0) == true
        }
    }

    /// Whether the last stage brings Node and so runs no program of another language.
    var isNode: Bool {
        bases.last.map { base in ["node", "bun"].contains(String(base.value.prefix { $0 != ":" && $0 != "@" })) }
            ?? false
    }

    /// The version in the tag of the last base of this image: `3.11` of `python:3.11-slim`.
    func version(of image: String) -> Fact<String>? {
        bases.last { $0.value.prefix { $0 != ":" && $0 != "@" } == image }.flatMap { base in
            base.value.split(separator: ":").dropFirst().first.flatMap { tag in
                tag.first?.isNumber == true ? VersionText.plain(tag).map { Fact(value: $0, line: base.line) } : nil
            }
        }
    }

    private mutating func readCopy(_ instruction: DockerfileInstruction) {
        guard let target = instruction.arguments.last else { return }
        if instruction.flags.contains(where: { $0.name == "from" }) {
            guard let source = instruction.arguments.first,
                target.contains("html") || target.contains("/srv") || target.contains("www")
            else { return }
            let from = instruction.flags.first { $0.name == "from" }?.value ?? ""
            let folder = (stageFolders[from] ?? "/app") + "/"
            let inner = source.hasPrefix(folder) ? String(source.dropFirst(folder.count)) : source.lastPathComponent
            servedFolder = PathText.normalized(inner).map { Fact(value: $0, line: instruction.line) }
        } else {
            copied += instruction.arguments.dropLast().compactMap { PathText.normalized($0) }
        }
    }

    private static func withoutRegistry(_ reference: String) -> String {
        reference.split(separator: "/").last.map(String.init) ?? reference
    }

    /// The words of an exec form, a word that needs it quoted; the text of a shell form without `sh -c`.
    private static func words(of instruction: DockerfileInstruction) -> [String] {
        guard instruction.isJSON else { return [instruction.arguments.joined(separator: " ")] }
        let words = instruction.arguments
        if words.count == 3, ["sh", "bash", "/bin/sh", "/bin/bash"].contains(words[0]), words[1].hasPrefix("-"),
            words[1].hasSuffix("c")
        {
            return [words[2]]
        }
        return words.map { $0.contains("$") ? $0 : ShellWord.quote($0) }
    }

    private static func installed(by instruction: DockerfileInstruction) -> [Fact<String>] {
        let text = instruction.arguments.joined(separator: " ").replacing("\\\n", with: " ")
        return ServerCommand.commands(in: text).flatMap { command -> [Fact<String>] in
            let words = ServerCommand.split(command)
            guard let program = words.first(where: { $0 == "apt-get" || $0 == "apt" }), words.contains("install"),
                let start = words.firstIndex(of: "install")
            else { return [] }
            _ = program
            return words[(start + 1)...].filter {
                !$0.hasPrefix("-") && !$0.contains("$") && !$0.contains("*") && !$0.contains("/")
            }.map { name in
                Fact(value: String(name.prefix { $0 != "=" }), line: instruction.line)
            }
        }
    }

    /// The path of the first http address in a command.
    /// Caddy answers there for itself and not for the application (caddyserver.com/docs/api).
    private static let caddyAdministration: UInt16 = 2019

    /// - Parameter ports: Where the process listens, when that is said: another one is an administrator's door.
    static func urlPath(in text: String, ports: [UInt16] = []) -> String? {
        guard let start = text.firstRange(of: "http://") ?? text.firstRange(of: "https://") else { return nil }
        if let colon = text[start.upperBound...].prefix(while: { !"/ '\"".contains($0) }).lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...].prefix { $0.isNumber }),
            port == caddyAdministration || !ports.isEmpty && !ports.contains(port)
        {
            return nil
        }
        let rest = text[start.upperBound...].drop { $0 != "/" && $0 != " " && $0 != "'" && $0 != "\"" }
        guard rest.hasPrefix("/") else { return nil }
        return String(rest.prefix { !" '\"|)&;`],\\".contains($0) && $0 != "?" })
    }
}
