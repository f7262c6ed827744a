// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Reads and validates a `slipway.yml`; every mistake is collected before anything is thrown.
struct ConfigurationReader {
    private struct Mistake {
        var line: Int?
        var text: String
    }

    private let path: String
    private var mistakes: [Mistake] = []
    private var check = CheckSettings()

    static func read(_ text: String, path: String) throws -> (
        base: ConfigurationLayer, environments: [String: ConfigurationLayer], check: CheckSettings
    ) {
        var reader = Self(path: path)
        let (base, environments) = try reader.read(text)
        return (base, environments, reader.check)
    }

    private init(path: String) { self.path = path }

    private mutating func read(_ text: String) throws -> (ConfigurationLayer, [String: ConfigurationLayer]) {
        let document = YAMLDocument(parsing: text)
        for diagnostic in document.diagnostics { mistakes.append(syntax(diagnostic, text)) }
        if document.roots.count > 1 { complain(document.roots[1], "a second document stands after ---; keep one") }
        var base = ConfigurationLayer()
        var environments: [String: ConfigurationLayer] = [:]
        if let root = document.root, !root.isNull {
            if let mapping = root.mapping {
                base = layer(mapping, at: "", also: [ConfigurationKeys.environments, ConfigurationKeys.check])
                checkSettings(mapping[ConfigurationKeys.check])
                for entry in entries(of: mapping[ConfigurationKeys.environments], at: ConfigurationKeys.environments) {
                    if entry.value.isNull {
                        environments[entry.key] = ConfigurationLayer()
                    } else if let inner = entry.value.mapping {
                        environments[entry.key] = layer(inner, at: "environments.\(entry.key).", also: [])
                    } else {
                        complain(
                            entry.value, "environments.\(entry.key) must be a mapping, not \(entry.value.kindInWords)")
                    }
                }
            } else {
                complain(root, "the file must be a mapping such as name: shop, not \(root.kindInWords)")
            }
        }
        if let first = mistakes.first { throw failure(first) }
        return (base, environments)
    }

    private func failure(_ first: Mistake) -> SlipwayError {
        func place(_ mistake: Mistake) -> String { mistake.line.map { "\(path):\($0): " } ?? "\(path): " }
        return SlipwayError(
            .badConfiguration, place(first) + first.text,
            hint: "the keys are in docs/slipway-yml.md; then run: slipway detect",
            details: mistakes.dropFirst().map { place($0) + $0.text })
    }

    /// A tab is the mistake that YAML's own message hides best.
    private func syntax(_ diagnostic: Diagnostic, _ text: String) -> Mistake {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return Mistake(line: index + 1, text: "a tab indents this line; YAML wants spaces")
        }
        return Mistake(line: diagnostic.line, text: diagnostic.message)
    }

    private mutating func complain(_ node: DataNode, _ text: String) {
        mistakes.append(Mistake(line: node.line, text: text))
    }

    /// Names become names of containers, hosts and objects, which no platform takes with anything else in them.
    private mutating func checkName(_ entry: DataMapping.Entry, at place: String) {
        let slug = ServiceNames.slug(entry.key)
        guard slug != entry.key else { return }
        mistakes.append(
            Mistake(
                line: entry.line,
                text:
                    "\(place).\(entry.key): a name has lower-case letters, digits and hyphens; write: \(slug ?? "api")")
        )
    }

    private mutating func layer(_ mapping: DataMapping, at place: String, also: [String]) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        let known = ConfigurationKeys.layer + also
        for entry in mapping.entries where !known.contains(entry.key) {
            mistakes.append(Mistake(line: entry.line, text: unknown(entry.key, at: place, among: known)))
        }
        if let node = mapping["name"] {
            if let text = node.text, ServiceNames.slug(text) != nil {
                layer.name = (text, node.line)
            } else {
                complain(node, "\(place)name must be text with letters or digits, not \(node.kindInWords)")
            }
        }
        for entry in mapping.entries where entry.key == ConfigurationKeys.edgeName {
            layer.edge = item(entry, at: place, ConfigurationKeys.edge, hasSwitch: false)
        }
        for entry in mapping.entries where entry.key == ConfigurationKeys.backupName {
            layer.backup = item(entry, at: place, ConfigurationKeys.backup, hasSwitch: false)
        }
        layer.services = entries(of: mapping["services"], at: place + "services").map { entry in
            checkName(entry, at: place + "services")
            return item(entry, at: "\(place)services.", ConfigurationKeys.service, hasSwitch: true)
        }
        layer.resources = entries(of: mapping["resources"], at: place + "resources").map { entry in
            checkName(entry, at: place + "resources")
            return item(entry, at: "\(place)resources.", ConfigurationKeys.resource, hasSwitch: true)
        }
        layer.variables = entries(of: mapping["variables"], at: place + "variables").map { entry in
            guard entry.value.mapping == nil else {
                return item(entry, at: "\(place)variables.", ConfigurationKeys.variable, hasSwitch: false)
            }
            var item = ConfigurationLayer.Item(name: entry.key, line: entry.line)
            if entry.value.text == nil, !entry.value.isNull {
                complain(
                    entry.value,
                    "\(place)variables.\(entry.key) must be a value or a mapping, not \(entry.value.kindInWords)")
            }
            item.values = [("value", entry.value, entry.line)]
            return item
        }
        return layer
    }

    private mutating func checkSettings(_ node: DataNode?) {
        for entry in entries(of: node, at: "check") {
            switch entry.key {
            case "baseline":
                check.baselinePath = entry.value.text
                if entry.value.text == nil { complain(entry.value, "check.baseline must be a file's name") }
            case "rules":
                for rule in entries(of: entry.value, at: "check.rules") {
                    let word = rule.value.bool == false ? "off" : rule.value.text ?? ""
                    if word == "off" {
                        check.severities.updateValue(nil, forKey: rule.key)
                    } else if let severity = Severity(rawValue: word) {
                        check.severities[rule.key] = severity
                    } else {
                        complain(rule.value, "check.rules.\(rule.key) must be error, warning, info or off")
                    }
                }
            case "ignore":
                for item in entry.value.sequence ?? [] {
                    guard let code = item["code"]?.text, item["reason"]?.text != nil else {
                        complain(item, "check.ignore wants code, reason and perhaps path: - {code: DF308, reason: ...}")
                        continue
                    }
                    check.ignores.append(.init(code: code, path: item["path"]?.text))
                }
            case "trusted-registries":
                check.policy.trustedRegistries = (entry.value.sequence ?? []).compactMap(\.text)
                if entry.value.sequence == nil {
                    complain(entry.value, "check.trusted-registries must be a list: [ghcr.io, docker.io]")
                }
            case "labels":
                for label in entries(of: entry.value, at: "check.labels") {
                    if let kind = ImagePolicy.LabelKind(rawValue: label.value.text ?? "") {
                        check.policy.labels[label.key] = kind
                    } else {
                        let kinds = ImagePolicy.LabelKind.allCases.map(\.rawValue).joined(separator: ", ")
                        complain(label.value, "check.labels.\(label.key) must be one of \(kinds)")
                    }
                }
            case "only-labels":
                check.policy.allowsOnlyLabels = entry.value.bool ?? false
                if entry.value.bool == nil { complain(entry.value, "check.only-labels must be true or false") }
            default:
                mistakes.append(
                    Mistake(
                        line: entry.line, text: unknown(entry.key, at: "check.", among: ConfigurationKeys.checkKeys)))
            }
        }
    }

    private mutating func entries(of node: DataNode?, at place: String) -> [DataMapping.Entry] {
        guard let node, !node.isNull else { return [] }
        guard let mapping = node.mapping else {
            complain(node, "\(place) must be a mapping of names, not \(node.kindInWords)")
            return []
        }
        return mapping.entries
    }

    private mutating func item<Value>(
        _ entry: DataMapping.Entry, at place: String, _ keys: [ConfigurationKey<Value>], hasSwitch: Bool
    ) -> ConfigurationLayer.Item {
        var item = ConfigurationLayer.Item(name: entry.key, line: entry.line)
        guard !entry.value.isNull else { return item }
        guard let mapping = entry.value.mapping else {
            complain(entry.value, "\(place)\(entry.key) must be a mapping, not \(entry.value.kindInWords)")
            return item
        }
        for inner in mapping.entries {
            if hasSwitch, inner.key == ConfigurationKeys.enabled {
                guard let flag = inner.value.bool else {
                    complain(
                        inner.value,
                        "\(place)\(entry.key).enabled must be true or false, not \(inner.value.kindInWords)")
                    continue
                }
                item.isRemoved = !flag
                continue
            }
            guard let key = keys.first(where: { $0.name == inner.key }) else {
                let known = keys.map(\.name) + (hasSwitch ? [ConfigurationKeys.enabled] : [])
                mistakes.append(
                    Mistake(line: inner.line, text: unknown(inner.key, at: "\(place)\(entry.key).", among: known)))
                continue
            }
            if let complaint = key.shape.complaint(about: inner.value) {
                mistakes.append(Mistake(line: inner.line, text: "\(place)\(entry.key).\(inner.key) \(complaint)"))
            } else {
                item.values.append((inner.key, inner.value, inner.line))
            }
        }
        return item
    }

    private func unknown(_ key: String, at place: String, among known: [String]) -> String {
        let nearest =
            NearestWord.of(key, among: known).map { "; did you mean \($0)?" }
            ?? "; known are \(known.joined(separator: ", "))"
        return "unknown key \(place)\(key)\(nearest)"
    }
}
