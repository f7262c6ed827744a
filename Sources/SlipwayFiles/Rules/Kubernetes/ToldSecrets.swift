// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A key by another name is no key.
    static let toldSecretKeys = Rule(
        "KU052", .error, "the documented secret has other keys than the pods read",
        why:
            "A pod whose secret lacks a key waits in CreateContainerConfigError; when the key is optional it starts without "
            + "the value, and nobody is told.",
        catches: [
            [
                "README.md": "```bash\nkubectl create secret generic web --from-literal=API_KEY=a -n shop\n```\n",
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n",
            ],
            [
                "README.md": "```bash\nkubectl create secret generic web \\\n  --from-literal=API_KEY=a\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: {{ .Values.secret.name }}\n                  key: API_TOKEN\n                  optional: true\n",
                "chart/values.yaml": "secret:\n  name: web\n",
            ],
            [
                "k8s/secret.yaml.example":
                    "# kubectl create secret generic web --from-file=secret.yaml\nkind: Secret\n",
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n",
            ],
        ],
        passes: [
            [
                "README.md": "```bash\nkubectl create secret generic web --from-literal=API_TOKEN=a -n shop\n```\n",
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n",
            ],
            [
                "README.md": "```bash\nkubectl create secret generic web --from-literal=API_KEY=a\n```\n",
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          envFrom:\n            - secretRef:\n                name: web\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let told = ToldSecret.all(in: repository)
        guard !told.isEmpty else { return [] }
        let uses = SecretUse.all(in: repository)
        return Set(told.map(\.name)).sorted().compactMap { name in
            let own = told.filter { $0.name == name }
            let read = uses.filter { $0.name == name }
            // A secret that is handed over whole has the keys that the program knows.
            guard !read.isEmpty, !read.contains(where: { $0.key == nil }), let first = own.first else { return nil }
            let given = Set(own.flatMap(\.keys))
            let wanted = Set(read.compactMap(\.key))
            let missing = wanted.subtracting(given).sorted()
            let needed = Set(read.filter { !$0.isOptional }.compactMap(\.key)).subtracting(given).sorted()
            let unread = given.subtracting(wanted).sorted()
            guard !missing.isEmpty, !unread.isEmpty || !needed.isEmpty else { return nil }
            let place = own.first { $0.keys.contains(where: unread.contains) } ?? first
            let sources = Set(read.filter { missing.contains($0.key ?? "") }.map(\.file)).sorted().prefix(2)
            return Violation(
                file: place.file, line: place.line,
                (unread.isEmpty ? "" : "nobody reads \(unread.joined(separator: ", ")); ")
                    + "\(sources.joined(separator: " and ")) read\(sources.count == 1 ? "s" : "") "
                    + missing.joined(separator: ", ") + "; add: "
                    + missing.map { "--from-literal=\($0)=..." }.joined(separator: " "),
                severity: needed.isEmpty ? .warning : nil)
        }
    }

    /// Kubernetes starts what the program ends.
    static let optionalAndRequired = Rule(
        "KU053", .warning, "a secret's key is optional for Kubernetes and required by the program",
        why:
            "Without the key Kubernetes starts the container all the same, the program ends, and the pod goes round in a "
            + "CrashLoopBackOff that says nothing of the secret; without optional it waits and names the key.",
        catches: [
            RuleExample(
                [
                    "k8s/web.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n                  optional: true\n"
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "API_TOKEN", services: ["a"], required: true, origins: ["a.py:3"])])),
            [
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n                  optional: true\n",
                "main.py":
                    "import os\ntoken = os.getenv('API_TOKEN')\nif not token:\n    raise ValueError('API_TOKEN is not set')\n",
            ],
        ],
        passes: [
            RuleExample(
                [
                    "k8s/web.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n"
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "API_TOKEN", services: ["a"], required: true, origins: ["a.py:3"])])),
            [
                "k8s/web.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          env:\n            - name: API_TOKEN\n              valueFrom:\n                secretKeyRef:\n                  name: web\n                  key: API_TOKEN\n                  optional: true\n",
                "main.py":
                    "import os\ntoken = os.getenv('API_TOKEN')\nif not token:\n    print('no token, read only')\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let uses = SecretUse.all(in: repository).filter { $0.isOptional && $0.variable != nil }
        guard !uses.isEmpty else { return [] }
        let required = Dictionary(
            (repository.app?.variables ?? []).filter { $0.required && $0.default == nil }.map {
                ($0.name, $0.origins.first ?? "")
            }
        ) { first, _ in first }
        return uses.compactMap { use in
            guard let name = use.variable,
                let place = required[name] ?? EndingWithout.place(of: name, in: repository)
            else { return nil }
            return Violation(
                file: use.file, line: use.line,
                "the program ends without \(name) (\(place)); delete: optional: true")
        }
    }
}

/// `kubectl create secret generic NAME --from-literal=KEY=value`
private struct ToldSecret {
    let name: String
    let keys: [String]
    let file: String
    let line: Int

    static func all(in repository: CheckedRepository) -> [ToldSecret] {
        repository.toldCommands.compactMap { told in
            let words = told.words
            guard words.starts(with: ["kubectl", "create", "secret", "generic"]), words.count > 5,
                ToldCommand.isPlain(words[4]),
                let keys = keys(of: words)
            else { return nil }
            return ToldSecret(name: words[4], keys: keys, file: told.file, line: told.line)
        } + remarks(in: repository)
    }

    /// The command that a manifest's own remark gives.
    private static func remarks(in repository: CheckedRepository) -> [ToldSecret] {
        guard !repository.manifests.isEmpty else { return [] }
        return repository.tree.entries.flatMap { entry -> [ToldSecret] in
            let endings = [".yaml", ".yml", ".yaml.example", ".yml.example", ".yaml.sample", ".yaml.template"]
            guard endings.contains(where: entry.name.hasSuffix), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 100_000, ByteSearch.contains("kubectl create secret generic ".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                guard line.trimmed.hasPrefix("#"),
                    let start = TextSearch.range(of: "kubectl create secret generic ", in: line)
                else { return nil }
                let words = line[start.lowerBound...].split(separator: " ").map(String.init)
                guard words.count > 5, ToldCommand.isPlain(words[4]), !words.contains("\\"), let keys = keys(of: words)
                else { return nil }
                return ToldSecret(name: words[4], keys: keys, file: entry.path, line: index + 1)
            }
        }
    }

    /// What the secret has; `nil` when a folder or a file of variables says it.
    private static func keys(of words: [String]) -> [String]? {
        guard !words.contains(where: { $0.hasPrefix("--from-env-file") }) else { return nil }
        var keys: [String] = []
        for (index, word) in words.enumerated() {
            for option in ["--from-literal", "--from-file"] {
                var pair: Substring?
                if word.hasPrefix(option + "=") { pair = word.dropFirst(option.count + 1) }
                if word == option, words.indices.contains(index + 1) { pair = words[index + 1][...] }
                guard let pair else { continue }
                // A file's name is the key, unless one stands before it; a folder has any.
                let name = option == "--from-file" && !pair.contains("=") ? pair.split(separator: "/").last ?? "" : pair
                guard option == "--from-literal" || pair.contains("=") || name.contains(".") else { return nil }
                keys.append(String(name.prefix { $0 != "=" }))
            }
        }
        return keys.isEmpty ? nil : keys
    }
}

/// What a manifest or a template takes from a secret.
private struct SecretUse {
    let name: String
    /// `nil` for the secret as a whole.
    let key: String?
    /// The variable that gets it.
    let variable: String?
    let isOptional: Bool
    let file: String
    let line: Int

    static func all(in repository: CheckedRepository) -> [SecretUse] {
        let charts = ChartText.all(in: repository.tree)
        let inCharts = charts.flatMap { chart in
            chart.templates.flatMap { uses(in: $0.path, $0.lines) { chart.resolved($0) } }
        }
        let plain = repository.manifests.filter { file in
            !charts.contains { $0.folder == "." || file.location.hasPrefix($0.folder + "/") }
        }.flatMap { file in
            uses(in: file.location, file.textLines) { text in
                text.contains("$") || text.contains("{") ? nil : text.filter { $0 != "\"" && $0 != "'" }
            }
        }
        return inCharts + plain
    }

    private static func uses(
        in path: String, _ lines: [Substring], _ resolve: (String) -> String?
    ) -> [SecretUse] {
        lines.indices.compactMap { index in
            let text = lines[index].trimmed
            let opening = text.hasPrefix("- ") ? text.dropFirst(2).trimmed : text
            guard ["secretKeyRef:", "secretRef:"].contains(opening) || opening.hasPrefix("secretName:") else {
                return nil
            }
            if opening.hasPrefix("secretName:") {
                let name = opening.dropFirst("secretName:".count).trimmed
                return resolve(name).map {
                    SecretUse(name: $0, key: nil, variable: nil, isOptional: false, file: path, line: index + 1)
                }
            }
            let depth = lines[index].prefix { $0 == " " || $0 == "-" }.count
            let body = lines[(index + 1)...].prefix { $0.prefix { $0 == " " }.count > depth }
            func field(_ name: String) -> String? {
                body.first { $0.trimmed.hasPrefix(name + ":") }?.trimmed.dropFirst(name.count + 1).trimmed
            }
            guard let name = field("name").flatMap(resolve) else { return nil }
            let key = opening == "secretRef:" ? nil : field("key").flatMap(resolve)
            if opening == "secretKeyRef:", key == nil { return nil }
            let before = lines[..<index].suffix(2).first { $0.trimmed.hasPrefix("- name:") }
            return SecretUse(
                name: name, key: key,
                variable: before.map { $0.trimmed.dropFirst("- name:".count).trimmed },
                isOptional: field("optional") == "true",
                file: path, line: index + 1)
        }
    }
}

/// Code that reads a variable, and ends when it is empty.
private enum EndingWithout {
    private static let ends = [
        "raise ", "throw ", "process.exit(", "sys.exit(", "log.Fatal", "panic(", "os.Exit(", "abort(",
    ]

    static func place(of name: String, in repository: CheckedRepository) -> String? {
        for code in repository.code([".py", ".js", ".ts", ".go", ".rb"], with: [name]) {
            for (index, line) in code.lines.enumerated() where line.contains(name) && isRead(line) {
                guard let held = held(in: line) else { continue }
                let next = code.bare[index...].dropFirst().prefix(2)
                let tests = ["ifnot\(held):", "if(!\(held))", "if(!\(held)){", "if\(held)==''{", "if\(held)isNone:"]
                guard let test = next.first, tests.contains(test),
                    let end = code.lines[index...].dropFirst(2).first?.trimmed, ends.contains(where: end.hasPrefix)
                else { continue }
                return "\(code.path):\(index + 3)"
            }
        }
        return nil
    }

    private static func isRead(_ line: Substring) -> Bool {
        ["getenv(", "environ", "process.env.", "Getenv(", "ENV["].contains { line.contains($0) }
    }

    /// The name on the left of the assignment.
    private static func held(in line: Substring) -> String? {
        let text = line.trimmed
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let words = text[..<equals].split { $0 == " " || $0 == ":" }
        return words.last.map(String.init)
    }
}
