// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Helm owns what it makes, and nothing that was there before.
    static let chartMakesNamespace = Rule(
        "KU050", .error, "the chart makes a namespace that must be there before it",
        why:
            "Helm keeps a release's record in the release's namespace, and secrets for its pods are made there before: "
            + "the namespace exists, and helm install stops with: exists and cannot be imported into the current release.",
        catches: [
            [
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/namespace.yaml":
                    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Release.Namespace }}\n",
                "chart/values.yaml": "a: b\n",
            ],
            [
                "README.md":
                    "```bash\nkubectl create secret generic web --from-literal=A=b -n shop\nhelm install web ./chart\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/namespace.yaml":
                    "{{- if .Values.namespace.create -}}\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Values.namespace.name }}\n{{- end }}\n",
                "chart/values.yaml": "namespace:\n  create: true\n  name: shop\n",
            ],
        ],
        passes: [
            [
                "README.md":
                    "```bash\nkubectl create secret generic web --from-literal=A=b -n shop\nhelm install web ./chart\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/namespace.yaml":
                    "{{- if .Values.namespace.create -}}\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Values.namespace.name }}\n{{- end }}\n",
                "chart/values.yaml": "namespace:\n  create: false\n  name: shop\n",
            ],
            [
                "README.md": "```bash\nhelm install web ./chart\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/namespace.yaml":
                    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Values.namespace }}\n",
                "chart/values.yaml": "namespace: shop\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return ChartText.all(in: repository.tree).flatMap { chart -> [Violation] in
            ChartNamespace.all(in: chart).compactMap { made -> Violation? in
                if made.isOfRelease {
                    return Violation(
                        file: made.path, line: made.line,
                        "the release's own namespace exists before the chart does; delete this object, and type: "
                            + "helm install --create-namespace --namespace NAME")
                }
                guard let name = made.name,
                    let told = repository.toldCommands.first(where: { ToldNamespace.isMade(name, by: $0) })
                else { return nil }
                return Violation(
                    file: made.switchLine == nil ? made.path : chart.valuesPath, line: made.switchLine ?? made.line,
                    "\(told.file):\(told.line) needs \(name) before helm install, which then refuses it; "
                        + (made.switchLine == nil ? "delete this object" : "write here: false")
                        + ", and type: kubectl create namespace \(name)")
            }
        }
    }

    /// Two names for one place.
    static let otherNamespace = Rule(
        "KU051", .warning, "the command names one namespace, and the chart puts everything into another",
        why:
            "Secrets that are made in the named namespace, and commands that ask it, find nothing of the release: its pods "
            + "start elsewhere, or wait for a secret that is not there.",
        catches: [
            [
                "README.md": "```bash\nhelm upgrade --install web ./chart --namespace dev\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/web.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: {{ .Values.namespace }}\n",
                "chart/values.yaml": "namespace: shop\n",
            ],
            [
                "README.md": "```bash\nhelm upgrade --install web ./chart \\\n  --namespace dev\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/_helpers.tpl":
                    "{{- define \"web.namespace\" -}}\n{{- if .Values.namespace.create }}\n{{- .Values.namespace.name }}\n{{- else }}\n{{- .Release.Namespace }}\n{{- end }}\n{{- end }}\n",
                "chart/values.yaml": "namespace:\n  create: true\n  name: shop\n",
            ],
        ],
        passes: [
            [
                "README.md": "```bash\nhelm upgrade --install web ./chart --namespace shop\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/web.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: {{ .Values.namespace }}\n",
                "chart/values.yaml": "namespace: shop\n",
            ],
            [
                "README.md": "```bash\nhelm upgrade --install web ./chart --namespace dev --set namespace=dev\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/web.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: {{ .Values.namespace }}\n",
                "chart/values.yaml": "namespace: shop\n",
            ],
            [
                "README.md": "```bash\nhelm upgrade --install web ./chart --namespace dev\n```\n",
                "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
                "chart/templates/web.yaml":
                    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: {{ .Release.Namespace }}\n",
                "chart/values.yaml": "namespace: shop\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return ChartText.all(in: repository.tree).flatMap { chart -> [Violation] in
            guard let place = ChartNamespace.place(of: chart) else { return [] }
            return repository.toldCommands.compactMap { told in
                let words = told.words
                guard words.first == "helm", words.contains("install") || words.contains("upgrade"),
                    words.contains(where: { GoPath.clean($0) == chart.folder }),
                    let named = ToldNamespace.named(in: words), named != place.name, ToldCommand.isPlain(named),
                    !words.contains(where: {
                        !$0.hasPrefix("--namespace") && $0.contains(place.key + "=") || $0 == "-f"
                            || $0.hasPrefix("--values")
                    })
                else { return nil }
                return Violation(
                    file: told.file, line: told.line,
                    "everything goes to \(place.name) (\(chart.valuesPath)) and not to \(named); add: --set "
                        + "\(place.key)=\(place.isSwitch ? "false" : named)")
            }
        }
    }
}

/// A Namespace among a chart's templates.
private struct ChartNamespace {
    let path: String
    let line: Int
    /// What it is called unless somebody sets another value.
    let name: String?
    let isOfRelease: Bool
    /// The line of values.yaml that can leave it out.
    let switchLine: Int?

    static func all(in chart: ChartText) -> [ChartNamespace] {
        chart.templates.flatMap { path, lines in
            lines.indices.compactMap { index -> ChartNamespace? in
                guard lines[index].trimmed == "kind: Namespace",
                    let name = lines[index...].prefix(6).first(where: { $0.trimmed.hasPrefix("name:") })
                else { return nil }
                let text = name.trimmed.dropFirst("name:".count).trimmed
                let conditions = ChartText.conditions(before: index, in: lines)
                guard let isOn = state(of: conditions, in: chart) else { return nil }
                return ChartNamespace(
                    path: path, line: index + 1, name: chart.resolved(text),
                    isOfRelease: text.contains(".Release.Namespace") && !text.contains("default"),
                    switchLine: isOn.line)
            }
        }
    }

    /// Whether every condition holds with the chart's own values; `nil` when one does not, or is not known.
    private static func state(of conditions: [String], in chart: ChartText) -> (line: Int?, Void)? {
        var line: Int?
        for condition in conditions {
            guard condition.hasPrefix("if .Values."), !condition.dropFirst(3).contains(" "),
                let value = chart.value(condition.dropFirst("if .Values.".count)), value.bool == true
            else { return nil }
            line = value.line
        }
        return (line, ())
    }

    /// Where the chart's own values put its objects, and the value to set for another place.
    static func place(of chart: ChartText) -> (name: String, key: String, isSwitch: Bool)? {
        for (_, lines) in chart.templates {
            for (index, line) in lines.enumerated() {
                let text = line.trimmed
                let value: String
                if text.hasPrefix("namespace: {{"), !text.contains("default") {
                    value = text.dropFirst("namespace: ".count).trimmed
                } else if text.hasPrefix("{{"), text.contains(".Values.namespace"), !text.contains(" if "),
                    !text.contains("default"), ChartText.conditions(before: index, in: lines).count == 2
                {
                    value = text
                } else {
                    continue
                }
                guard let name = chart.resolved(value), let start = TextSearch.range(of: ".Values.", in: value[...])
                else { continue }
                let key = String(
                    value[start.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
                let conditions = ChartText.conditions(before: index, in: lines).filter { !$0.hasPrefix("define") }
                guard text.hasPrefix("{{") else { return (name, key, false) }
                guard let condition = conditions.first, condition.hasPrefix("if .Values."),
                    chart.value(condition.dropFirst("if .Values.".count))?.bool == true
                else { continue }
                return (name, String(condition.dropFirst("if .Values.".count)), true)
            }
        }
        return nil
    }
}

/// Namespaces in commands.
private enum ToldNamespace {
    /// What follows `-n` or `--namespace`.
    static func named(in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("--namespace=") { return String(word.dropFirst("--namespace=".count)) }
            if word == "-n" || word == "--namespace", words.indices.contains(index + 1) { return words[index + 1] }
        }
        return nil
    }

    /// Whether the command makes the namespace, or something in it.
    static func isMade(_ name: String, by told: ToldCommand) -> Bool {
        let words = told.words
        guard words.first == "kubectl", words.dropFirst().first == "create", words.count > 3 else { return false }
        switch words[2] {
        case "namespace", "ns": return words[3] == name
        case "secret", "configmap", "cm": return named(in: words) == name
        default: return false
        }
    }
}
