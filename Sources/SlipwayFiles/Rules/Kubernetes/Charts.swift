// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A kustomization builds only when all that it names is there.
    static let missingResource = Rule(
        "KU040", .error, "a kustomization names a file that does not exist",
        why: "kustomize build, and kubectl apply -k with it, stop.",
        catches: [
            [
                "k8s/kustomization.yaml": "resources:\n  - deploymnet.yaml\n",
                "k8s/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
            ]
        ],
        passes: [
            [
                "k8s/kustomization.yaml": "resources:\n  - deployment.yaml\n  - ../base\n  - https://example.com/a\n",
                "k8s/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
                "base/kustomization.yaml": "resources: []\n",
            ]
        ]
    ) { repository in
        let tree = repository.tree
        return (tree.files(named: "kustomization.yaml") + tree.files(named: "kustomization.yml")).flatMap {
            entry -> [Violation] in
            guard let text = tree.text(entry.path), !text.contains("{{"), let root = YAMLDocument(parsing: text).root
            else { return [] }
            let nodes =
                ["resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge"].flatMap {
                    root[$0]?.sequence ?? []
                } + (root["patches"]?.sequence ?? []).compactMap { $0["path"] }
            return nodes.compactMap { node in
                guard let path = node.text, !path.contains("://"), !path.contains("\n"), !path.hasPrefix("git@"),
                    !path.contains("?ref="), !path.hasPrefix("github.com")
                else { return nil }
                let clean = GoPath.clean(entry.directory + "/" + path)
                guard !clean.hasPrefix(".."), !tree.contains(clean),
                    !["/kustomization.yaml", "/kustomization.yml", "/Kustomization"].contains(where: {
                        tree.contains(clean + $0)
                    })
                else { return nil }
                let near = NearestWord.of(path, among: tree.files(under: entry.directory).map(\.name))
                return Violation(
                    file: entry.path, line: node.line,
                    "\(path) does not exist" + (near.map { "; write: \($0)" } ?? "; add it, or delete the line"))
            }
        }
    }

    /// Helm refuses a chart without them.
    static let incompleteChart = Rule(
        "KU041", .error, "a chart lacks what Helm needs",
        why: "Helm refuses the chart: apiVersion, name and a version of three numbers are required.",
        catches: [
            ["chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: latest\n"],
            ["chart/Chart.yaml": "name: web\nversion: 1.0.0\n"],
        ],
        passes: [["chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"]]
    ) { repository in
        repository.tree.files(named: "Chart.yaml").flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), !text.contains("{{"),
                let root = YAMLDocument(parsing: text).root
            else {
                return []
            }
            var found = ["apiVersion", "name", "version"].filter { root[$0] == nil }.map {
                Violation(
                    file: entry.path, line: 1,
                    "the chart has no \($0); add: \($0): \($0 == "apiVersion" ? "v2" : $0 == "name" ? "web" : "0.1.0")")
            }
            if let version = root["version"], let text = version.text {
                let numbers = text.drop { $0 == "v" }.prefix { $0 != "-" && $0 != "+" }.split(separator: ".")
                if numbers.count != 3 || numbers.contains(where: { Int($0) == nil }) {
                    found.append(Violation(file: entry.path, line: version.line, "\(text) is no version; write: 0.1.0"))
                }
            }
            return found
        }
    }

    /// A value that nobody gives is empty.
    static let unknownChartValue = Rule(
        "KU042", .warning, "a template reads a value that values.yaml does not have",
        why: "The value is empty, or the template stops with: nil pointer evaluating interface.",
        catches: [
            [
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/values.yaml": "image:\n  tag: '1'\n",
                "chart/templates/a.yaml": "image: web:{{ .Values.images.tag }}\n",
            ]
        ],
        passes: [
            [
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/values.yaml": "image:\n  tag: '1'\n",
                "chart/templates/a.yaml":
                    "image: web:{{ .Values.image.tag }}\n{{- if .Values.extra }}\na: {{ .Values.extra.a }}\n{{- end }}\nb: {{ .Values.b | default \"c\" }}\n",
            ]
        ]
    ) { repository in
        let tree = repository.tree
        return tree.files(named: "Chart.yaml").flatMap { chart -> [Violation] in
            let folder = chart.directory == "." ? "" : chart.directory + "/"
            guard let text = tree.text(folder + "values.yaml"), let values = YAMLDocument(parsing: text).root?.mapping
            else { return [] }
            var found: [Violation] = []
            for entry in tree.files(under: chart.directory) where entry.path.hasPrefix(folder + "templates/") {
                guard let template = tree.text(entry.path) else { continue }
                // A name that is asked for anywhere in the template is known to be optional.
                let asked = template.split(separator: "\n").filter { line in
                    ["if ", "with ", "default", "range ", "required", "hasKey", "or ", "and ", "coalesce", "dig "]
                        .contains { line.contains($0) }
                }.joined(separator: "\n")
                for (index, line) in template.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    var rest = line[...]
                    while let range = TextSearch.range(of: ".Values.", in: rest) {
                        rest = rest[range.upperBound...]
                        let top = String(rest.prefix { $0 == "_" || $0.isLetter || $0.isNumber })
                        guard !top.isEmpty, !values.contains(top), top != "global", !asked.contains(".Values.\(top)"),
                            !repository.tree.hasDirectory(folder + "charts/\(top)")
                        else { continue }
                        found.append(
                            Violation(
                                file: entry.path, line: index + 1,
                                "values.yaml has no \(top)"
                                    + (NearestWord.of(top, among: values.keys).map { "; write: .Values.\($0)" }
                                        ?? "; add it there")))
                    }
                }
            }
            return found
        }
    }

    /// A password that every installation has.
    static let chartPassword = Rule(
        "KU043", .warning, "a chart's values hold a password",
        why: "Every installation that sets nothing else runs with a password that everybody can read.",
        catches: [
            [
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/values.yaml": "postgresql:\n  password: hunter22\n",
            ]
        ],
        passes: [
            [
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/values.yaml": "postgresql:\n  password: \"\"\n",
            ]
        ]
    ) { repository in
        repository.tree.files(named: "Chart.yaml").flatMap { chart -> [Violation] in
            let path = chart.directory == "." ? "values.yaml" : chart.directory + "/values.yaml"
            guard let text = repository.tree.text(path), let root = YAMLDocument(parsing: text).root else { return [] }
            var open = [root]
            var found: [Violation] = []
            while let node = open.popLast() {
                for entry in node.mapping?.entries ?? [] {
                    open.append(entry.value)
                    guard let value = entry.value.string,
                        ["password", "secretkey", "token", "jwtsecret", "rootpassword"].contains(
                            entry.key.lowercased()),
                        !value.isEmpty, !SecretText.isPlaceholder(value), !value.contains("{{")
                    else { continue }
                    found.append(
                        Violation(
                            file: path, line: entry.line, "\(entry.key) stands in the chart; write: \(entry.key): \"\"")
                    )
                }
                open += node.sequence ?? []
            }
            return found.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        }
    }
}
