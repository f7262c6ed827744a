// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Compose refuses to start without it.
    static let missingEnvironmentFile = Rule(
        "CO024", .warning, "an env_file is not in the repository",
        why:
            "Compose refuses to start when an env_file is missing, and nothing in a fresh checkout says what it holds.",
        catches: ["services:\n  web:\n    image: web:1\n    env_file: .env.production\n"],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    env_file: .env.production\n",
                ".env.production": "A=1\n",
            ],
            "services:\n  web:\n    image: web:1\n    env_file:\n      - path: .env\n        required: false\n",
            "services:\n  web:\n    image: web:1\n    env_file: .env.${STAGE}\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        var seen: Set<String> = []
        return file.services.flatMap { service in
            service.environmentFiles.compactMap { given -> Violation? in
                guard given.isRequired, let path = file.resolve(given.path), !file.repository.tree.contains(path),
                    // Git keeps what was added before .gitignore named its folder.
                    file.repository.tracked?.contains(path) != true,
                    // What a variable names is not known here, and Portainer makes stack.env.
                    !isOpen(given.position.line, in: file.textLines), !path.hasSuffix("stack.env"),
                    seen.insert(path).inserted
                else { return nil }
                let folder = SourceTree.Entry(path: path).directory
                let template =
                    DotenvTemplates.of(path, in: file.repository.tree)
                    ?? DotenvTemplates.around(path, in: file.repository.tree).first
                guard let template else {
                    let isLost =
                        folder != "." && !file.repository.tree.hasDirectory(folder)
                        && !SpokenFiles.isFolderIgnored(folder, in: file.repository.tree)
                    let isKnown = isLost || SpokenFiles.isNamed(path, besides: file.location, in: file.repository)
                    return Violation(
                        line: given.position.line,
                        isLost
                            ? "\(folder) does not exist, so neither does \(path); write the path of the file"
                            : "\(path) is not in the repository and no template says what it holds; "
                                + (isKnown ? "" : "no document names it either: a clone cannot start; ")
                                + "write \(path).example with the names",
                        severity: (isLost || !isKnown) && !file.isForDevelopment ? .error : nil)
                }
                return Violation(
                    line: given.position.line, "\(path) is not in the repository; type: cp \(template) \(path)",
                    severity: .info)
            }
        }
    }

    private static func isOpen(_ line: Int, in lines: [Substring]) -> Bool {
        lines.indices.contains(line - 1) && lines[line - 1].contains("$")
    }

    /// The build has nothing to read.
    static let missingBuild = Rule(
        "CO025", .error, "the build's folder, Dockerfile or stage does not exist",
        why: "The build fails at once: the context, the Dockerfile or the target stage is not there.",
        catches: [
            ["compose.yml": "services:\n  web:\n    build: ./web\n", "Dockerfile": "FROM debian:12\n"],
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n",
                "web/Dockerfile": "FROM debian:12\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: .\n      target: prod\n",
                "Dockerfile": "FROM debian:12 AS production\n",
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: ./web\n      target: production\n",
                "web/Dockerfile": "FROM debian:12 AS production\n",
            ],
            "services:\n  web:\n    build: https://github.com/owner/name.git\n",
            [
                "compose.yml": "services:\n  web:\n    build: ./web\n", "web/Dockerfile": "FROM debian:12 AS dev\n",
                "compose.override.yml": "services:\n  web:\n    build:\n      target: dev\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: Dockerfile.$ENV\n",
                "Dockerfile.prod": "FROM debian:12\n",
            ],
            "services:\n  web:\n    build:\n      dockerfile_inline: FROM debian:12\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let tree = file.repository.tree
        return file.services.compactMap { service in
            guard let build = service.build, build.context.contains("://") == false, !build.context.hasPrefix("git@"),
                service.node.at("build", "dockerfile_inline") == nil, let context = file.resolve(build.context)
            else { return nil }
            let line = build.position.line
            guard context == "." || tree.hasDirectory(context) else {
                // What composer, npm or a submodule brings is in no checkout.
                let isBrought = ["vendor", "node_modules"].contains {
                    context.split(separator: "/").contains(Substring($0))
                }
                return Violation(
                    line: line,
                    isBrought
                        ? "\(context) is there only after the dependencies are installed; copy it into the repository"
                        : "the folder \(context) does not exist; write the path of the folder that has the Dockerfile",
                    severity: isBrought ? .info : nil)
            }
            // A name with a variable is known when it is built, and an override leaves the folder to its base.
            let written = file.document.root?.at("services", service.name, "build", "dockerfile")
            let isLeftToBase =
                service.node.at("build", "context") == nil && service.node["build"]?.text == nil
                && file.siblings.contains { $0[service.name]?.build != nil }
            guard written?.text?.contains("$") != true, !isLeftToBase else { return nil }
            let path = file.dockerfilePath(of: build, in: context)
            guard tree.contains(path) else {
                if build.dockerfile == nil, tree.contains(GoPath.clean(context + "/Containerfile")) { return nil }
                let name = SourceTree.Entry(path: path).name
                let near = tree.files(named: name).first.map { "; there is \($0.path)" } ?? ""
                return Violation(
                    line: service.node.at("build", "dockerfile")?.line ?? line,
                    "\(path) does not exist\(near); write: dockerfile: PATH, relative to \(context)")
            }
            guard let target = build.target, let dockerfile = file.repository.dockerfile(path),
                dockerfile.reading.file.stage(target, in: dockerfile.stages) == nil, !target.contains("$")
            else { return nil }
            let names = dockerfile.stages.compactMap(\.name)
            let near = NearestWord.of(target, among: names) ?? names.last
            return Violation(
                line: service.node.at("build", "target")?.line ?? line,
                "\(path) has no stage \(target); \(near.map { "write: target: \($0)" } ?? "delete target")")
        }
    }

    /// Build arguments that no ARG takes are dropped with a warning.
    static let unusedBuildArgument = Rule(
        "CO026", .warning, "a build argument is taken by no ARG",
        why: "The build drops an argument that no ARG of the Dockerfile names, so what it should set stays unset.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: .\n      args:\n        API_URL: /api\n",
                "Dockerfile": "FROM node:22\nARG VITE_API_URL\nRUN npm run build\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build:\n      context: .\n      args:\n        API_URL: /api\n",
                "Dockerfile": "FROM node:22\nARG API_URL\nRUN npm run build\n",
            ]
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let build = service.build, !build.arguments.isEmpty, let dockerfile = file.dockerfile(of: service)
            else { return [] }
            let known = Set(
                dockerfile.reading.file.instructions.filter { $0.keyword == "ARG" }.flatMap { $0.pairs.map(\.name) })
            return build.arguments.compactMap { argument in
                guard !known.contains(argument.name), !predefined.contains(argument.name.uppercased()),
                    !argument.name.hasPrefix("BUILDKIT_")
                else { return nil }
                let near = NearestWord.of(argument.name, among: known).map { "write: \($0)" }
                return Violation(
                    line: argument.line,
                    "\(dockerfile.location) has no ARG \(argument.name); "
                        + (near ?? "add to it, before its use: ARG \(argument.name)"))
            }
        }
    }

    /// docs.docker.com/reference/dockerfile/#predefined-args
    private static let predefined: Set<String> = [
        "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH",
    ]

    /// Compose refuses a secret whose file is not there.
    static let missingSecretFile = Rule(
        "CO027", .info, "a secret's file is not in the repository",
        why: "Secrets stay out of git, so everybody who deploys must know how to make the file.",
        catches: ["services:\n  web:\n    image: web:1\nsecrets:\n  key:\n    file: ./key.txt\n"],
        passes: ["services:\n  web:\n    image: web:1\nsecrets:\n  key:\n    environment: KEY\n"]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return (file.root?["secrets"]?.mapping?.entries ?? []).compactMap { entry in
            guard let node = entry.value["file"], let path = node.text.flatMap(file.resolve),
                !file.repository.tree.contains(path)
            else { return nil }
            return Violation(
                line: node.line, "\(path) is not in the repository; make it before: printf %s VALUE > \(path)")
        }
    }
}

/// Finds the template of a dotenv file that git does not keep.
enum DotenvTemplates {
    /// Every template in the file's folder: a team has one for containers, one for production, one for the rest.
    static func around(_ path: String, in tree: SourceTree) -> [String] {
        let folder = SourceTree.Entry(path: path).directory
        let words = ["example", "sample", "template", "dist", "tpl", "default"]
        return tree.files(under: folder).filter { entry in
            entry.directory == folder && entry.name.contains("env") && words.contains { entry.name.contains($0) }
        }.map(\.path)
    }

    /// The template of this very file.
    static func exactly(of path: String, in tree: SourceTree) -> String? {
        let words = ["example", "sample", "template", "dist", "tpl"]
        return words.flatMap { word in [".", "-", "_"].map { path + $0 + word } }.first(where: tree.contains)
    }

    /// The likeliest one.
    static func of(_ path: String, in tree: SourceTree) -> String? {
        let entry = SourceTree.Entry(path: path)
        let prefix = entry.directory == "." ? "" : entry.directory + "/"
        let stem = entry.name.hasSuffix(".env") && entry.name != ".env" ? String(entry.name.dropLast(4)) : ""
        let words = ["example", "sample", "template", "dist", "tpl", "local.example", "default"]
        var names: [String] = []
        for word in words {
            for separator in [".", "-", "_"] { names.append(entry.name + separator + word) }
        }
        names += [".env.example", ".env.sample", ".env.template", ".env-example", "env.example", "template.env"]
        names += ["example.env", "sample.env", ".example.env", stem + ".example.env"]
        return names.map { prefix + $0 }.first(where: tree.contains)
    }
}
