// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// What the image starts is not in the host's folder.
    static let hiddenProgram = Rule(
        "CO060", .error, "a mount hides the program that the container starts",
        why: "The host's folder lies over the image's, and it does not have the file that was built or copied there: "
            + "the container ends at once with \"no such file\" or \"cannot find module\".",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: ./web\n    volumes: ['./web:/app']\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
                "web/package.json": "{}",
            ],
            [
                "compose.yml": "services:\n  api:\n    build: .\n    volumes: ['.:/app']\n",
                "Dockerfile":
                    "FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN go build -o server .\nCMD [\"./server\"]\n",
                "main.go": "package main\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    command: npm run dev\n    volumes: ['./web:/app']\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
                "web/package.json": "{}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n", "server.js": "",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app', '/app/dist']\n",
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"dist/a.js\"]\n",
                "a.ts": "",
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return HiddenStart.all(in: file).compactMap { start in
            guard !start.isThere else { return nil }
            return Violation(
                line: start.mount.position.line,
                "\(start.mount.source ?? "the mount") has no \(start.relative), so \(start.service) cannot start; delete the "
                    + "mount, or give the service a command that runs from the sources",
                severity: file.isForDevelopment ? .warning : .error)
        }
    }

    /// chmod in the image changes the image's copy alone.
    static let hiddenPermission = Rule(
        "CO061", .error, "a mount hides that a script may be run",
        why: "chmod in the Dockerfile changes the image's copy. The host's folder lies over it, and there the script "
            + "has no right to run: the container ends with \"permission denied\".",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n",
                    "Dockerfile":
                        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN chmod +x start.sh\nENTRYPOINT [\"/app/start.sh\"]\n",
                    "start.sh": "#!/bin/sh\nexec python a.py\n",
                ], executables: [])
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n",
                    "Dockerfile":
                        "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN chmod +x start.sh\nENTRYPOINT [\"sh\", \"/app/start.sh\"]\n",
                    "start.sh": "#!/bin/sh\nexec python a.py\n",
                ], executables: []),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['.:/app']\n",
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/start.sh\"]\n",
                    "start.sh": "#!/bin/sh\nexec python a.py\n",
                ], executables: ["start.sh"]),
        ]
    ) { file in
        guard let executables = file.repository.executables else { return [] }
        return HiddenStart.all(in: file).compactMap { start in
            guard start.isDirect, start.isThere, !executables.contains(start.path),
                file.repository.tree.text(start.path)?.hasPrefix("#!") == true
            else { return nil }
            return Violation(
                line: start.mount.position.line,
                "\(start.path) may not be run, and the mount hides the image's copy; type: git update-index --chmod=+x "
                    + "\(start.path), or start it with: sh")
        }
    }
}

/// A file that a container starts and that stands below a bind mount.
private struct HiddenStart {
    let service: String
    let mount: ComposeMount
    /// Below the mount's folder.
    let relative: String
    /// In the repository.
    let path: String
    /// Whether the kernel runs it, and no shell reads it.
    let isDirect: Bool
    let isThere: Bool

    private static let runtimes: Set<String> = [
        "node", "python", "python3", "bun", "ruby", "php", "java", "sh", "bash", "/bin/sh", "/bin/bash", "ash",
        "dotnet",
    ]
    private static let wrappers: Set<String> = ["tini", "/sbin/tini", "/usr/bin/tini", "dumb-init", "--", "exec"]

    static func all(in file: CheckedFile<ComposeFile>) -> [HiddenStart] {
        file.services.flatMap { service -> [HiddenStart] in
            guard service.build != nil, let dockerfile = file.dockerfile(of: service), service.node["extends"] == nil,
                let stage = service.build?.target.flatMap({ dockerfile.reading.file.stage($0, in: dockerfile.stages) })
                    ?? dockerfile.stages.last
            else { return [] }
            let members = file.running(service.name)
            let instructions = dockerfile.lineage(of: stage)
            let folder = service.workingDirectory?.text ?? lastFolder(of: instructions)
            let mounts = members.flatMap(\.mounts)
            return starts(of: service, members, instructions).compactMap { words in
                of(words, in: folder, below: mounts, of: service, file)
            }
        }
    }

    private static func lastFolder(of instructions: [DockerfileInstruction]) -> String {
        instructions.filter { $0.keyword == "WORKDIR" }.compactMap(\.arguments.first).reduce("/") { folder, path in
            path.hasPrefix("/") ? GoPath.clean(path) : GoPath.clean(folder + "/" + path)
        }
    }

    /// The entry point's words and the command's, as the container gets them.
    private static func starts(
        of service: ComposeService, _ members: [ComposeService], _ instructions: [DockerfileInstruction]
    ) -> [[String]] {
        func given(_ key: String) -> [String]? {
            guard let node = members.compactMap({ $0.node[key] }).last else { return nil }
            if let list = node.texts, node.sequence != nil { return list }
            let text = node.text ?? ""
            // A line that a shell has to read says more than its first word.
            return text.contains("&&") || text.contains(";") || text.contains("-c ")
                ? [] : text.split(separator: " ").map(String.init)
        }
        func built(_ keyword: String) -> [String]? {
            guard let last = instructions.last(where: { $0.keyword == keyword }) else { return nil }
            if last.isJSON { return last.arguments }
            let text = last.arguments.joined(separator: " ")
            return text.contains("&&") || text.contains(";") || text.contains("$")
                ? [] : text.split(separator: " ").map(String.init)
        }
        let entry = given("entrypoint") ?? built("ENTRYPOINT")
        // An entry point of Compose's own takes the image's command away.
        let command = given("command") ?? (given("entrypoint") == nil ? built("CMD") : nil)
        return [entry, command].compactMap { $0 }.filter { !$0.isEmpty }
    }

    private static func of(
        _ words: [String], in folder: String, below mounts: [ComposeMount], of service: ComposeService,
        _ file: CheckedFile<ComposeFile>
    ) -> HiddenStart? {
        let words = words.drop { wrappers.contains($0) }
        guard let first = words.first else { return nil }
        var program = first
        let isDirect = !runtimes.contains(first)
        if !isDirect {
            let rest = words.dropFirst().drop { $0 == "-jar" || $0 == "-u" || $0 == "run" || $0.hasPrefix("--") }
            guard let next = rest.first, !next.hasPrefix("-") else { return nil }
            program = next
        }
        let isPath = isDirect ? program.contains("/") : program.contains("/") || program.contains(".")
        guard isPath, !program.contains("$"), !program.contains("*"), !program.contains(" ") else { return nil }
        let place = program.hasPrefix("/") ? GoPath.clean(program) : GoPath.clean(folder + "/" + program)
        let around = mounts.filter {
            place.hasPrefix(GoPath.clean($0.target) + "/") || place == GoPath.clean($0.target)
        }
        guard let mount = around.max(by: { $0.target.count < $1.target.count }), mount.kind == .bind,
            let source = mount.source.flatMap(file.resolve), place != GoPath.clean(mount.target),
            source == "." || file.repository.tree.hasDirectory(source)
        else { return nil }
        let relative = String(place.dropFirst(GoPath.clean(mount.target).count + 1))
        let path = GoPath.clean(source + "/" + relative)
        let tree = file.repository.tree
        let isThere =
            tree.contains(path) || tree.hasDirectory(path)
            || ["", ".js", ".py", ".mjs", ".ts"].contains { tree.contains(path + $0) }
            || tree.contains(path + "/index.js")
        // Packages that are installed on the host are no part of the repository.
        guard !relative.hasPrefix("node_modules/"), !relative.hasPrefix("vendor/"), !relative.hasPrefix(".venv/"),
            !relative.hasPrefix("venv/")
        else { return nil }
        return HiddenStart(
            service: service.name, mount: mount, relative: relative, path: path, isDirect: isDirect, isThere: isThere)
    }
}
