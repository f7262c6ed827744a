// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// invalid reference format
    static let imageWithoutName = Rule(
        "CO118", .error, "an image's name begins with a variable that nobody gives",
        why:
            "Without the variable the name begins with a slash, or is empty, and Compose ends: \"invalid reference "
            + "format\". No template, document, script or workflow says that it has to be set.",
        catches: [
            "services:\n  web:\n    image: ${DOCKER_REGISTRY}/shop:latest\n",
            "services:\n  web:\n    image: \"${IMAGE}\"\n",
        ],
        passes: [
            "services:\n  web:\n    image: ${DOCKER_REGISTRY:-ghcr.io/shop}/shop:latest\n",
            "services:\n  web:\n    image: ${DOCKER_REGISTRY:?}/shop:latest\n",
            "services:\n  web:\n    image: shop:${TAG}\n",
            "services:\n  web:\n    build: .\n    image: ${DOCKER_REGISTRY}shop\n",
            [
                "compose.yml": "services:\n  web:\n    image: ${DOCKER_REGISTRY}/shop:latest\n",
                ".env.example": "DOCKER_REGISTRY=\n",
            ],
        ]
    ) { file in
        let repository = file.repository
        guard repository.isWhole, !file.isForDevelopment else { return [] }
        return file.services.compactMap { service in
            guard service.build == nil, let image = service.node["image"], let text = written(image, in: file),
                let name = leadingVariable(text), !isMentioned(name, in: repository)
            else { return nil }
            return Violation(
                line: image.line, column: image.column,
                "\(name) is empty, and so is the image's name; write: ${\(name):?}, and name it in .env.example")
        }
    }

    /// What stands behind `image:`, before Compose puts the variables in.
    private static func written(_ image: DataNode, in file: CheckedFile<ComposeFile>) -> String? {
        guard file.textLines.indices.contains(image.line - 1) else { return nil }
        let line = file.textLines[image.line - 1]
        return TextSearch.range(of: "image:", in: line).map { line[$0.upperBound...].trimmed }
    }

    /// `${NAME}/...` without a default, when what follows is no name by itself.
    private static func leadingVariable(_ text: String) -> String? {
        let text = text.filter { $0 != "\"" && $0 != "'" }
        guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return nil }
        let name = text[text.index(text.startIndex, offsetBy: 2)..<end]
        let rest = text[text.index(after: end)...]
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
            rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix(":")
        else { return nil }
        return String(name)
    }

    private static func isMentioned(_ name: String, in repository: CheckedRepository) -> Bool {
        let texts =
            repository.workflows.map(\.text) + repository.scripts.map(\.text) + repository.dotenvFiles.map(\.text)
            + repository.pipelines.map(\.text) + repository.makefiles.compactMap { repository.tree.text($0.path) }
        return texts.contains { $0.contains(name) }
            || repository.documents.contains { entry in
                repository.tree.bytes(entry.path).map { ByteSearch.contains(name.utf8, in: $0) } == true
            }
    }
}
