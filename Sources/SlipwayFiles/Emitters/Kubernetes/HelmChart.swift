// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The chart in `deploy/helm/NAME`: the same objects, with expressions where values differ.
///
/// The objects are printed with marks in these places, so that the printer sees plain words; then each mark becomes its
/// expression. Braces that come from the application's own commands are escaped before.
struct HelmChart {
    let layout: Layout
    private var folder: String { "deploy/helm/\(layout.name)" }

    private static func mark(_ name: String) -> String { "slipwayValue_\(name.replacing("-", with: "_"))_" }

    private var objects: KubernetesObjects {
        let layout = layout
        return KubernetesObjects(
            layout: layout,
            values: .init(
                image: { .string(Self.mark("image_\($0.name)")) },
                scale: { (.string(Self.mark("least_\($0.name)")), .string(Self.mark("most_\($0.name)"))) },
                host: .string(Self.mark("host")), secret: .string(Self.mark("secret")),
                storage: { .string(Self.mark("storage_\($0)")) }, isChart: true))
    }

    /// Marks and what stands in their place (helm.sh/docs/chart_template_guide).
    private var expressions: [(String, String)] {
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
        for name in storageNames {
            found.append(("storage_\(name)", "{{ index .Values.storage \"\(name)\" | quote }}"))
        }
        return found.map { (Self.mark($0.0), $0.1) }
    }

    private var storageNames: [String] {
        let objects = objects
        let claims = layout.keepers.flatMap { service in
            service.writableDirectories.indices.map { objects.claimName(service, $0) }
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
        // Longer marks first: one may start with another.
        return expressions.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
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
        map.set("storage", .pairs(storageNames.map { ($0, "10Gi") }))
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
