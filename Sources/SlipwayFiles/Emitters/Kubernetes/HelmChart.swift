// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The chart in `deploy/helm/NAME`: the same objects, with expressions where values differ.
///
/// The objects are printed with marks in these places, so that the printer sees plain words; then each mark becomes its
/// expression. Braces that come from the application's own commands are escaped before.
struct HelmChart {
    let layout: Layout
    /// Made once: both cost a look at every variable of every service.
    private let objects: KubernetesObjects
    /// Marks and what stands in their place (helm.sh/docs/chart_template_guide).
    private let expressions: [String: String]

    init(layout: Layout) {
        self.layout = layout
        let objects = Self.objects(layout)
        self.objects = objects
        expressions = Dictionary(Self.expressions(layout, objects)) { first, _ in first }
    }

    private var folder: String { "deploy/helm/\(layout.name)" }

    private static let markStart = "slipwayValue_"
    private static func mark(_ name: String) -> String { "\(markStart)\(name.replacing("-", with: "_"))_" }

    private static func objects(_ layout: Layout) -> KubernetesObjects {
        KubernetesObjects(
            layout: layout,
            values: .init(
                image: { .string(mark("image_\($0.name)")) },
                scale: { (.string(mark("least_\($0.name)")), .string(mark("most_\($0.name)"))) },
                host: .string(mark("host")), secret: .string(mark("secret")),
                storage: { .string(mark("storage_\($0)")) }, isChart: true))
    }

    private static func expressions(_ layout: Layout, _ objects: KubernetesObjects) -> [(String, String)] {
        var found = [("host", "{{ .Values.host | quote }}"), ("secret", "{{ .Values.existingSecret | quote }}")]
        for image in layout.images {
            found.append(
                (
                    "image_\(image.name)",
                    "{{ printf \"%s/\(image.name):%s\" .Values.image.registry (.Values.image.tag | default .Chart.AppVersion) | quote }}"
                ))
        }
        for service in layout.app.services where objects.isScalable(service) {
            let place = "(index .Values.autoscaling \"\(service.name)\")"
            found.append(("least_\(service.name)", "{{ \(place).minReplicas | int }}"))
            found.append(("most_\(service.name)", "{{ \(place).maxReplicas | int }}"))
        }
        for name in storageNames(layout, objects) {
            found.append(("storage_\(name)", "{{ index .Values.storage \"\(name)\" | quote }}"))
        }
        return found.map { (mark($0.0), $0.1) }
    }

    private static func storageNames(_ layout: Layout, _ objects: KubernetesObjects) -> [String] {
        let claims = layout.app.services.flatMap { service in
            layout.keptFolders(of: service).indices.map { objects.claimName(service, $0) }
        }
        let resources = layout.resources(of: layout.app.services)
        let data = resources.filter { ResourceImage($0)?.data != nil }.map(\.name)
        let backups = layout.dumpable.filter { $0.kind == .postgres }.map { "backup-\($0.name)" }
        return (claims + data + backups).sorted()
    }

    var files: [GeneratedFile] {
        let templates = objects.files.map { part in
            GeneratedFile(path: "\(folder)/templates/\(part.name).yaml", contents: template(part.objects))
        }
        let chart: FileMap = [
            "apiVersion": "v2", "name": .string(layout.name),
            "description": .string("\(layout.name) and what it needs"),
            "type": "application", "version": "0.1.0", "appVersion": "1.0.0", "kubeVersion": ">=1.25.0-0",
        ]
        return templates + [
            GeneratedFile(path: "\(folder)/Chart.yaml", contents: YAMLText.print(chart)),
            GeneratedFile(path: "\(folder)/values.yaml", contents: YAMLText.print(defaults)),
            GeneratedFile(path: "\(folder)/values.schema.json", contents: JSONText.print(schema)),
            GeneratedFile(path: "\(folder)/templates/NOTES.txt", contents: notes),
            GeneratedFile(path: "\(folder)/.helmignore", contents: ".git/\n*.orig\n*.tmp\n"),
        ]
    }

    private func template(_ objects: [FileMap]) -> String {
        // Braces of the application's own text are no expressions.
        let text = YAMLText.print(documents: objects).replacing("{{", with: "\u{1}").replacing("}}", with: "\u{2}")
            .replacing("\u{1}", with: "{{ \"{{\" }}").replacing("\u{2}", with: "{{ \"}}\" }}")
        var output = ""
        var rest = text[...]
        while let found = rest.firstRange(of: Self.markStart) {
            output += rest[..<found.lowerBound]
            rest = rest[found.lowerBound...]
            // The longest mark: one may start with another.
            var mark = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            while !mark.isEmpty, expressions[String(mark)] == nil { mark.removeLast() }
            output += expressions[String(mark)] ?? String(rest.prefix(1))
            rest = rest.dropFirst(max(mark.count, 1))
        }
        return output + rest
    }

    private var defaults: FileMap {
        var map = FileMap()
        map.set(
            "host", .string("\(layout.name).example.com"),
            comment: "The public name; its certificate is in the secret \(layout.name)-tls.")
        map.set(
            "image", ["registry": .string(Kustomization.registry), "tag": ""],
            comment: "An empty tag means the chart's appVersion.")
        map.set(
            "existingSecret", .string("\(layout.name)-secrets"),
            comment: objects.secretKeys.isEmpty
                ? "Not read: the application has no secrets."
                : "Made beforehand; holds \(objects.secretKeys.joined(separator: ", ")).")
        let scalable = layout.app.services.filter(objects.isScalable)
        map.set(
            "autoscaling",
            .map(FileMap(scalable.map { .init($0.name, ["minReplicas": 2, "maxReplicas": 6]) })))
        map.set("storage", .pairs(Self.storageNames(layout, objects).map { ($0, "10Gi") }))
        return map
    }

    private var schema: FileMap {
        let text: FileValue = ["type": "string", "minLength": 1]
        return [
            "$schema": "https://json-schema.org/draft-07/schema#", "type": "object",
            "required": .texts(["host", "image", "existingSecret"]),
            "properties": [
                "host": text, "existingSecret": text,
                "image": [
                    "type": "object", "required": .texts(["registry"]),
                    "properties": ["registry": text, "tag": ["type": "string"]],
                ],
                "autoscaling": [
                    "type": "object",
                    "additionalProperties": [
                        "type": "object",
                        "properties": [
                            "minReplicas": ["type": "integer", "minimum": 1],
                            "maxReplicas": ["type": "integer", "minimum": 1],
                        ],
                    ],
                ],
                "storage": ["type": "object", "additionalProperties": text],
            ],
        ]
    }

    private var notes: String {
        """
        \(layout.name) answers at https://{{ .Values.host }} once its certificate and its name are there.

        See how it does:  kubectl --namespace {{ .Release.Namespace }} get pods --selector app.kubernetes.io/name=\(layout.name)
        Go back:          helm --namespace {{ .Release.Namespace }} rollback {{ .Release.Name }}

        """
    }
}
