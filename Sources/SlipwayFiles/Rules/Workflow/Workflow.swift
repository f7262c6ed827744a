// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One job of a workflow.
struct WorkflowJob {
    let name: String
    let line: Int
    let node: DataNode

    var steps: [WorkflowStep] { (node["steps"]?.sequence ?? []).map(WorkflowStep.init) }
    var needs: [(name: String, line: Int)] {
        guard let needs = node["needs"] else { return [] }
        if let one = needs.text { return [(one, needs.line)] }
        return (needs.sequence ?? []).compactMap { item in item.text.map { ($0, item.line) } }
    }
    /// Whether another workflow says what it does.
    var isCall: Bool { node["uses"] != nil }
    /// Whether its name, or its environment, says that it changes what runs somewhere.
    var isDeployment: Bool {
        if node["environment"] != nil { return true }
        let words = (name + " " + (node["name"]?.text ?? "")).lowercased().split { !$0.isLetter }.map(String.init)
        return !Set(words).isDisjoint(with: ["deploy", "deployment", "rollout"]) && !words.contains("preview")
    }
    /// Labels of the machine it runs on.
    var runners: [(name: String, line: Int)] {
        guard let runner = node["runs-on"] else { return [] }
        let list = runner["labels"] ?? runner
        if let one = list.text { return [(one, list.line)] }
        return (list.sequence ?? []).compactMap { item in item.text.map { ($0, item.line) } }
    }
}

/// One step of a job.
struct WorkflowStep {
    let node: DataNode

    var line: Int { node.line }
    var id: String? { node["id"]?.text }
    var uses: DataNode? { node["uses"] }
    var run: DataNode? { node["run"] }
    /// `actions/checkout` of `actions/checkout@v4`.
    var action: String { String((uses?.text ?? "").prefix { $0 != "@" }).lowercased() }
    /// `v4`; `nil` without one.
    var reference: String? {
        guard let text = uses?.text, let at = text.firstIndex(of: "@") else { return nil }
        return String(text[text.index(after: at)...])
    }
    /// `4` of `v4.1.0`.
    var majorVersion: Int? {
        reference.flatMap { ActionVersions.isHash($0) ? nil : Int($0.drop { $0 == "v" }.prefix { $0.isNumber }) }
    }
    func input(_ name: String) -> DataNode? { node["with"]?[name] }
    /// What docker/build-push-action builds, from the repository's root; `nil` for other actions.
    var imageBuild: (dockerfile: String, context: String)? {
        guard action == "docker/build-push-action" else { return nil }
        let context = GoPath.clean(input("context")?.text ?? ".")
        return (GoPath.clean(input("file")?.text ?? context + "/Dockerfile"), context)
    }
    /// What stands for people.
    var title: String {
        node["name"]?.text ?? uses?.text ?? run?.text?.split(separator: "\n").first.map(String.init) ?? ""
    }
    var program: ShellProgram { ShellProgram(parsing: WorkflowExpressions.neutral(run?.text ?? "")) }
}

extension CheckedFile<YAMLDocument> {
    var jobs: [WorkflowJob] {
        (self.root?["jobs"]?.mapping?.entries ?? []).map {
            WorkflowJob(name: $0.key, line: $0.line, node: $0.value)
        }
    }

    /// Names of the events that start the workflow.
    var events: Set<String> {
        guard let on = trigger else { return [] }
        if let one = on.text { return [one] }
        return Set(on.sequence?.compactMap(\.text) ?? on.mapping?.keys ?? [])
    }
    /// The value of `on`, which YAML 1.1 reads as true.
    var trigger: DataNode? { self.root?["on"] ?? self.root?["true"] }

    /// A line of a block scalar, counted from the scalar's own line.
    func line(in node: DataNode, containing text: String) -> Int {
        let lines = textLines
        let end = min(
            lines.count,
            node.line + (node.text?.split(separator: "\n", omittingEmptySubsequences: false).count ?? 0) + 2)
        for number in node.line...max(node.line, end) where lines.indices.contains(number - 1) {
            if lines[number - 1].contains(text) { return number }
        }
        return node.line
    }

    /// The whole repository's folder that a workflow runs in.
    var projectFolder: String {
        guard let range = TextSearch.range(of: ".github/workflows/", in: Substring(location)) else { return "." }
        let prefix = location[..<range.lowerBound]
        return prefix.isEmpty ? "." : String(prefix.dropLast())
    }
}

/// Finds a text in a text.
enum TextSearch {
    static func range(of needle: String, in text: Substring) -> Range<Substring.Index>? {
        guard !needle.isEmpty, let offset = ByteSearch.offset(of: needle.utf8, in: text.utf8) else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: offset)
        return start..<text.utf8.index(start, offsetBy: needle.utf8.count)
    }
}

/// `${{ ... }}` in a text.
enum WorkflowExpressions {
    /// What stands between the braces, trimmed, in order.
    static func all(in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let open = TextSearch.range(of: "${{", in: rest) {
            rest = rest[open.upperBound...]
            guard let close = TextSearch.range(of: "}}", in: rest) else { break }
            found.append(GoPath.trimSpace(String(rest[..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        return found
    }

    /// The text with every expression as a plain word, so that a shell can be read.
    static func neutral(_ text: String) -> String {
        guard text.contains("${{") else { return text }
        var result = ""
        var rest = text[...]
        while let open = TextSearch.range(of: "${{", in: rest) {
            result += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = TextSearch.range(of: "}}", in: rest) else { return result }
            let inner = rest[..<close.lowerBound]
            // Secrets stay visible as variables of their name.
            let name = inner.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }.first ?? ""
            result += name.hasPrefix("secrets.") ? "${" + name.dropFirst("secrets.".count) + "}" : "EXPRESSION"
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// Every expression of a node and of what is in it, with its line; `if` counts without braces.
    static func all(in node: DataNode) -> [(text: String, line: Int)] {
        switch node.value {
        case .string(let text): return text.contains("${{") ? all(in: text).map { ($0, node.line) } : []
        case .sequence(let items): return items.flatMap { all(in: $0) }
        case .mapping(let mapping):
            return mapping.entries.flatMap { entry -> [(text: String, line: Int)] in
                if entry.key == "if", let text = entry.value.text, !text.contains("${{") {
                    return [(text, entry.value.line)]
                }
                return all(in: entry.value)
            }
        default: return []
        }
    }

    /// `a.b.c` paths of an expression that start with a context.
    static func paths(in expression: String, of context: String) -> [[String]] {
        var paths: [[String]] = []
        // Texts in quotes are no names.
        var code = ""
        var isText = false
        for character in expression {
            if character == "'" { isText.toggle() }
            code.append(isText ? " " : character)
        }
        for word in code.split(whereSeparator: { !($0.isLetter || $0.isNumber || "_.-*".contains($0)) }) {
            let parts = word.split(separator: ".").map(String.init)
            if parts.first == context { paths.append(parts) }
        }
        return paths
    }
}
