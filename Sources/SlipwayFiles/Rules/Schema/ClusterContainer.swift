// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A container of a manifest that runs a program of the repository.
struct ClusterContainer {
    let file: String
    /// Where its image is named.
    let line: Int
    let node: DataNode
    /// The folder of the program.
    let program: String

    /// Those that answer requests, when the image's name tells which program it is.
    static func all(in repository: CheckedRepository) -> [ClusterContainer] {
        guard !repository.manifests.isEmpty, let app = repository.app else { return [] }
        let backends = app.services.filter { $0.role == .backend || $0.role == .ssr }
        return repository.manifests.flatMap { file in
            file.objects.filter(\.isServing).flatMap { object in
                object.containers.compactMap { container -> ClusterContainer? in
                    guard let image = container["image"], let text = image.text, !text.contains("{{"),
                        let service = service(of: ImageName(text).name, among: backends)
                    else { return nil }
                    return ClusterContainer(
                        file: file.location, line: image.line, node: container, program: service.directory)
                }
            }
        }
    }

    private static func service(of image: String, among backends: [Service]) -> Service? {
        let name = (image.split(separator: "/").last.map(String.init) ?? image).lowercased()
        let words = Set(name.split { "-_.".contains($0) }.map(String.init))
        let found = backends.filter { service in
            let folder = service.directory.split(separator: "/").last.map { $0.lowercased() } ?? ""
            return words.contains(service.name.lowercased()) || words.contains(folder)
                || name == service.name.lowercased()
        }
        if found.count == 1 { return found[0] }
        let isBackend = ["backend", "api", "server"].contains(where: words.contains)
        return isBackend && Set(backends.map(\.directory)).count == 1 ? backends.first : nil
    }

    /// The texts of what it starts in the place of its image's command.
    var start: [String] { (node["command"]?.texts ?? []) + (node["args"]?.texts ?? []) }
}
