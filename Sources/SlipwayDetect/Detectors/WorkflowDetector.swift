// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// GitHub workflows: the versions with which a project is tested.
struct WorkflowDetector: Detector {
    let name = "workflows"
    let account = DetectorAccount(
        recognises: "Language versions and versions of databases with which a project is tested.",
        reads: ["setup steps and service images in .github/workflows"],
        confidence: "40 %, so that any file that is about running the project wins")

    /// Less than every statement about running the application.
    private static let confidence = 0.4

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let files = tree.files(under: ".github/workflows").filter {
            $0.name.hasSuffix(".yml") || $0.name.hasSuffix(".yaml")
        }
        return files.flatMap { entry -> [Evidence] in
            let jobs = YAMLDocument(parsing: tree.text(entry.path) ?? "").root?["jobs"]?.mapping?.entries ?? []
            return jobs.flatMap { job in
                (job.value["steps"]?.sequence ?? []).flatMap { version($0, entry.path, repository) }
                    + (job.value["services"]?.mapping?.entries ?? []).flatMap { resource($0.value, entry.path) }
            }
        }
    }

    private func version(_ step: DataNode, _ path: String, _ repository: Repository) -> [Evidence] {
        let action = step["uses"]?.string ?? ""
        let known: [(action: String, key: String, folders: [String])] = [
            ("actions/setup-python@", "python-version", repository.python.map { repository.startFolder(of: $0) }),
            ("actions/setup-node@", "node-version", repository.node.map(\.directory)),
            ("actions/setup-go@", "go-version", []),
        ]
        guard let row = known.first(where: { action.hasPrefix($0.action) }), let node = step.at("with", row.key),
            let text = node.text, !text.contains("$"), let version = VersionText.plain(text)
        else { return [] }
        return row.folders.map { folder in
            .claim(
                .languageVersion(version), for: Subject(folder, nil), file: path, line: node.line,
                why: "\(row.key) of a workflow", confidence: Self.confidence)
        }
    }

    private func resource(_ service: DataNode, _ path: String) -> [Evidence] {
        let image = service["image"] ?? service
        guard let text = image.string, let kind = ImageKinds.kind(of: text)
        else { return [] }
        let origin = Origin(
            file: path, line: image.line, why: "image \(text) of a workflow", confidence: Self.confidence)
        return [
            .resource(
                kind, version: ImageKinds.version(of: text), variable: nil, image: ImageKinds.kept(text), origin)
        ]
    }
}
