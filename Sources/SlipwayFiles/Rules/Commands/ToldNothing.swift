// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// No services to build
    static let toldBuildOfNothing = Rule(
        "AP391", .warning, "Compose is told to build, and no service says how",
        why:
            "Without a build section Compose builds nothing: the image that up then starts is one of a registry, or one "
            + "that no machine has (\"pull access denied\").",
        catches: [
            [
                "DEPLOYMENT.md":
                    "```sh\ndocker compose -f compose.prod.yml build\ndocker compose -f compose.prod.yml up -d\n```\n",
                "compose.prod.yml": "services:\n  web:\n    image: ${APP_IMAGE:-shop:local}\n",
                "Dockerfile": "FROM node:22\n",
            ],
            [
                "README.md": "`docker compose -f compose.prod.yml up -d --build`\n",
                "compose.prod.yml": "services:\n  web:\n    image: me/shop:latest\n", "Dockerfile": "FROM node:22\n",
            ],
        ],
        passes: [
            [
                "DEPLOYMENT.md": "```sh\ndocker compose -f compose.prod.yml build\n```\n",
                "compose.prod.yml": "services:\n  web:\n    build: .\n", "Dockerfile": "FROM node:22\n",
            ],
            [
                "README.md": "`docker compose up -d --build`\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n", "Dockerfile": "FROM node:22\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.composeFiles.isEmpty, !repository.dockerfiles.isEmpty else { return [] }
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard let call = ComposeCall(told.words), !call.files.isEmpty,
                call.verb == "build" || call.verb == "up" && call.after.contains("--build")
            else { return nil }
            let places = told.places.isEmpty ? ["."] : told.places
            let files = repository.composeFiles.filter { file in
                call.files.contains { path in places.contains { GoPath.clean($0 + "/" + path) == file.location } }
            }
            guard files.count == call.files.count else { return nil }
            let services = files.flatMap { file in file.services.map { (file, $0) } }
            guard services.allSatisfy({ $0.1.build == nil && $0.1.node["extends"] == nil }),
                !files.contains(where: \.includesOthers),
                let own = services.first(where: { isOwn($0.1.image?.text ?? "") })?.1,
                seen.insert("\(told.file) \(call.files)").inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(call.files.joined(separator: ", ")) has no build section, so \(own.name) is not built; add it there: "
                    + "build: ., or pull the image instead", severity: told.severity)
        }
    }

    /// Whether the image is the application's: an account's, or one that is marked as made here. Of those on a host of
    /// their own another rule speaks.
    private static func isOwn(_ image: String) -> Bool {
        let name = ImageName(image)
        guard name.registry.isEmpty else { return false }
        return image.contains("/") && name.isMoving || ["local", "dev", "prod", "production"].contains(name.tag ?? "")
    }
}
