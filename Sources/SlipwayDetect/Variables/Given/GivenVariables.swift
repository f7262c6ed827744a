// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Every variable that the files of a repository give: templates, Compose, fly.toml, workflows, Dockerfiles.
struct GivenVariables {
    private(set) var all: [GivenVariable] = []
    /// Names that Compose puts into its own text: what a `.env` gives for these is read there.
    private(set) var interpolated: Set<String> = []

    init(tree: SourceTree) {
        let named = Self.envFiles(in: tree)
        let candidates = tree.otherEntries + tree.files(named: "app.json") + named.compactMap { tree.entry($0) }
        var seen: Set<String> = []
        for entry in candidates.sorted(by: { $0.path.precedesByBytes($1.path) })
        where seen.insert(entry.path).inserted {
            let name = entry.name
            if named.contains(entry.path), !Self.isDotenv(name), let text = tree.text(entry.path) {
                addDotenv(text, entry.path)
                continue
            }
            if name == "app.json", let text = tree.text(entry.path) {
                for variable in AppJSON(parsing: text).environment {
                    add(variable.name, entry.path, variable.position.line, .render)
                }
                continue
            }
            guard let source = Self.source(name, entry.path), let text = tree.text(entry.path) else { continue }
            switch source {
            case .dotenv: addDotenv(text, entry.path)
            case .compose: addCompose(text, entry.path)
            case .fly: addFly(text, entry.path)
            case .workflow: addWorkflow(YAMLDocument(parsing: text).root, entry.path, depth: 0)
            case .dockerfile: addDockerfile(text, entry.path)
            case .render: addRender(YAMLDocument(parsing: text).root, entry.path)
            }
        }
    }

    /// Files that some Compose service names as its `env_file`, whatever they are called.
    private static func envFiles(in tree: SourceTree) -> Set<String> {
        var found: Set<String> = []
        for entry in tree.otherEntries where ShellReader.isCompose(entry.name) {
            guard entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".yaml"),
                let file = ComposeFile(entry.path, in: tree)
            else { continue }
            for service in file.services { found.formUnion(service.envFiles) }
        }
        return found
    }

    private static func source(_ name: String, _ path: String) -> GivenVariable.Source? {
        if path.hasPrefix(".github/workflows/") {
            return name.hasSuffix(".yml") || name.hasSuffix(".yaml") ? .workflow : nil
        }
        // By name first: most files of a repository have none of these.
        return kind(name).flatMap { SourceFilter.isApplication(path) ? $0 : nil }
    }

    private static func kind(_ name: String) -> GivenVariable.Source? {
        if isDotenv(name) { return .dotenv }
        if ShellReader.isCompose(name), name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return .compose }
        if name.hasPrefix("fly."), name.hasSuffix(".toml") { return .fly }
        if name == "Dockerfile" || name.hasPrefix("Dockerfile.") || name.hasSuffix(".Dockerfile") { return .dockerfile }
        return name == "render.yaml" ? .render : nil
    }

    /// `.env`, `.env.example`, `.env-sample`, `env.template`, `production.env`
    static func isDotenv(_ name: String) -> Bool {
        if name == ".envrc" { return false }
        return name.hasPrefix(".env") || name.hasSuffix(".env") || name == "env.example" || name == "env.sample"
            || name == "env.template"
    }

    private mutating func add(
        _ name: String, _ file: String, _ line: Int, _ source: GivenVariable.Source, application: Bool = true,
        number: String? = nil
    ) {
        guard EnvironmentName.isValid(name) else { return }
        all.append(
            GivenVariable(
                name: name, file: file, line: line, source: source, isForApplication: application,
                number: number))
    }

    private mutating func addDotenv(_ text: String, _ path: String) {
        for assignment in Dotenv(parsing: text).assignments {
            let value = assignment.value ?? ""
            let isNumber = !value.isEmpty && value.utf8.count < 12 && value.utf8.allSatisfy(Byte.isDigit)
            add(assignment.name, path, assignment.line, .dotenv, number: isNumber ? value : nil)
            for name in assignment.references { interpolated.insert(name) }
        }
    }

    private mutating func addCompose(_ text: String, _ path: String) {
        for use in ShellExpansion.all(in: Array(text.utf8)) { interpolated.insert(use.name) }
        for service in YAMLDocument(parsing: text).root?["services"]?.mapping?.entries ?? [] {
            let isOwn = service.value["build"] != nil
            addNames(service.value["environment"], path, .compose, application: isOwn)
            addNames(service.value["build"]?["args"], path, .compose, application: false)
        }
    }

    /// A mapping of names, or a list of `NAME=value`.
    private mutating func addNames(
        _ node: DataNode?, _ path: String, _ source: GivenVariable.Source, application: Bool
    ) {
        for entry in node?.mapping?.entries ?? [] {
            add(entry.key, path, entry.position.line, source, application: application)
        }
        for item in node?.sequence ?? [] {
            guard let text = item.text, let name = text.split(separator: "=", maxSplits: 1).first else { continue }
            add(String(name), path, item.line, source, application: application)
        }
    }

    private mutating func addFly(_ text: String, _ path: String) {
        let root = TOMLDocument(parsing: text).root
        addNames(root?["env"], path, .fly, application: true)
        addNames(root?["build"]?["args"], path, .fly, application: false)
    }

    private mutating func addWorkflow(_ node: DataNode?, _ path: String, depth: Int) {
        guard depth < 8 else { return }
        for entry in node?.mapping?.entries ?? [] {
            if entry.key == "env" {
                addNames(entry.value, path, .workflow, application: false)
            } else {
                addWorkflow(entry.value, path, depth: depth + 1)
            }
        }
        for item in node?.sequence ?? [] { addWorkflow(item, path, depth: depth + 1) }
    }

    private mutating func addRender(_ root: DataNode?, _ path: String) {
        let services = (root?["services"]?.sequence ?? []) + (root?["envVarGroups"]?.sequence ?? [])
        for service in services {
            for variable in service["envVars"]?.sequence ?? [] {
                if let key = variable["key"]?.text { add(key, path, variable.line, .render) }
            }
        }
    }

    /// `ENV A=b C=d`, `ENV A b`, `ARG A=b`
    private mutating func addDockerfile(_ text: String, _ path: String) {
        var continues = false
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = raw.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            guard let first = words.first else { continue }
            let keyword = first.uppercased()
            let isStart = keyword == "ENV" || keyword == "ARG"
            if isStart || continues {
                let names = isStart ? Array(words.dropFirst()) : words
                for (position, word) in names.enumerated() {
                    if let equals = word.firstIndex(of: "=") {
                        add(String(word[..<equals]), path, index + 1, .dockerfile, application: false)
                    } else if position == 0, isStart {
                        add(word, path, index + 1, .dockerfile, application: false)
                        break
                    }
                }
            }
            continues = (isStart || continues) && words.last == "\\"
        }
    }
}
