// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// The kernel looks for an interpreter whose name ends with a carriage return.
    static let windowsLineEnds = Rule(
        "SH040", .error, "the script has Windows line ends", alias: ["SC1017"],
        why: "The kernel looks for an interpreter whose name ends with a carriage return; the container stops with: "
            + "no such file or directory.",
        catches: [["entrypoint.sh": "#!/bin/sh\r\nset -e\r\nexec \"$@\"\r\n"]],
        passes: [["entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n"]]
    ) { file in
        let lines = TextLines(file.repository.tree.bytes(file.location) ?? [])
        guard
            let line = lines.ranges.firstIndex(where: { range in
                lines.bytes[range].suffix(2).elementsEqual([0x0D, 0x0A])
            })
        else { return [] }
        return [
            Violation(
                line: line + 1,
                "no shell runs it; write: sed -i 's/\\r$//' \(file.location), and in .gitattributes: *.sh text eol=lf")
        ]
    }

    /// Only the first two bytes make a script executable.
    static let brokenFirstLine = Rule(
        "SH041", .error, "the first line names no interpreter", alias: ["SC1113", "SC1114", "SC1128", "SC2239"],
        why: "The kernel reads the interpreter from the first two bytes on; anything else there and the script is not "
            + "run, or by another shell.",
        catches: [
            "\n#!/bin/bash\nset -e\nmake\n", "# !/bin/sh\nset -e\nmake\n", "#!bin/sh\nset -e\nmake\n",
            " #!/bin/sh\nset -e\nmake\n",
        ],
        passes: [
            "#!/bin/bash\nset -e\nmake\n", "#! /usr/bin/env bash\nset -e\nmake\n",
            "# a list of functions\nrun() { make; }\n",
        ]
    ) { file in
        let lines = file.document.lines
        guard let first = lines.first else { return [] }
        // Where every start names the shell, the line is only wrong for whoever runs the file by its name.
        let severity: Severity = file.isHandedToShell ? .info : .error
        func mend(_ number: Int, _ line: String, _ message: String, dropping count: Int = 0) -> [Violation] {
            let fix = Fix("Write the interpreter's line", line: 1, count: number, replacement: [line])
            return [Violation(line: number, message, fix: fix, severity: severity)]
        }
        if first.hasPrefix("#!") {
            let path = GoPath.trimSpace(String(first.dropFirst(2)))
            guard !path.isEmpty, !path.hasPrefix("/") else { return [] }
            let isShell = ["bin/", "usr/bin/"].contains { path.hasPrefix($0) }
            return isShell ? mend(1, "#!/" + path, "the interpreter's path is relative; write: #!/\(path)") : []
        }
        let place = lines.prefix(3).firstIndex { line in
            let bare = line.filter { $0 != " " && $0 != "\t" }
            return bare.hasPrefix("#!/") && (bare.hasSuffix("sh") || bare.contains("/env"))
        }
        guard let place, lines[..<place].allSatisfy({ GoPath.trimSpace(String($0)).isEmpty }) else { return [] }
        let path = GoPath.trimSpace(String(lines[place].drop { $0 != "/" }))
        return mend(
            place + 1, "#!" + path, "the interpreter must stand at the start of the file; write there: #!\(path)")
    }

    /// Debian's and Alpine's /bin/sh is not bash.
    static let bashInPlainShell = Rule(
        "SH042", .warning, "the script needs bash and asks for sh",
        alias: ["SC3010", "SC3014", "SC3020", "SC3030", "SC3037", "SC3040", "SC3046", "SC3011", "SC3001", "SC2039"],
        why: "On Debian and Ubuntu /bin/sh is dash, which stops with a syntax error or takes the other branch.",
        catches: [
            "#!/bin/sh\nset -euo pipefail\nmake\n", "#!/bin/sh\nif [[ -n \"$A\" ]]; then make; fi\n",
            "#!/bin/sh\nsource ./env.sh\n", "#!/bin/sh\nif [ \"$A\" == b ]; then make; fi\n",
            "#!/bin/sh\nnames=(a b)\nmake\n", "#!/bin/sh\nmake &> log\n",
        ],
        passes: [
            "#!/bin/bash\nset -euo pipefail\nmake\n", "#!/bin/sh\nset -eu\nif [ \"$A\" = b ]; then make; fi\n",
            "#!/bin/sh\n. ./env.sh\n", "#!/bin/sh\necho '[[ a == b ]]'\n",
            [
                "Dockerfile": "FROM alpine:3\nCOPY run.sh /\nCMD [\"/run.sh\"]\n",
                "run.sh": "#!/bin/sh\nset -eo pipefail\nmake\n",
            ],
        ]
    ) { file in
        let script = file.document
        guard case .plain(let path) = script.interpreter, !path.hasSuffix("ash") || path.hasSuffix("dash"),
            !path.hasSuffix("busybox")
        else { return [] }
        let starters = file.startingDockerfiles
        let isBusyBox = !starters.isEmpty && starters.allSatisfy { $0.finalBase.map { ImageName($0).isAlpine } == true }
        for command in script.commands {
            guard let found = PlainShell.foreign(command, in: script, isBusyBox: isBusyBox) else { continue }
            return [
                file.violation(
                    at: command, "\(found.word) is not in \(path); \(found.advice), or start with: #!/usr/bin/env bash",
                    fix: Fix(
                        "Ask for bash", line: 1, count: 1, replacement: ["#!/usr/bin/env bash"], isUnsafe: true))
            ]
        }
        return []
    }

    /// Alpine has no bash.
    static let missingBash = Rule(
        "SH043", .error, "the image has no bash",
        why: "Alpine images have no bash: the container ends at once with: no such file or directory.",
        catches: [
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/bash\nset -e\nexec node server.js\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22-alpine\nRUN apk add --no-cache bash\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/bash\nset -e\nexec node server.js\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/bash\nset -e\nexec node server.js\n",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nENTRYPOINT [\"sh\", \"entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/bash\nset -e\nexec node server.js\n",
            ],
        ]
    ) { file in
        guard case .rich(let path) = file.document.interpreter, path.hasSuffix("bash") || path == "bash" else {
            return []
        }
        let known: Set<String> = [
            "node", "python", "alpine", "golang", "ruby", "php", "nginx", "openjdk", "eclipse-temurin", "rust",
        ]
        for dockerfile in file.startingDockerfiles {
            guard let base = dockerfile.finalBase else { continue }
            let image = ImageName(base)
            let starts = dockerfile.finalStage.filter { ["ENTRYPOINT", "CMD"].contains($0.keyword) }
            let name = file.location.split(separator: "/").last ?? ""
            let isDirect = starts.contains { $0.isJSON && $0.arguments.first?.hasSuffix(name) == true }
            let installs = dockerfile.reading.file.instructions.contains {
                ["RUN", "COPY", "SHELL"].contains($0.keyword) && $0.joinedLine.contains("bash")
            }
            guard image.isAlpine, image.registry.isEmpty, !image.repository.contains("/"), known.contains(image.name),
                isDirect, !installs
            else { continue }
            return [
                Violation(
                    line: 1,
                    "\(dockerfile.location) starts it from \(base), which has no bash; write: #!/bin/sh, or in the "
                        + "Dockerfile: RUN apk add --no-cache bash")
            ]
        }
        return []
    }

    /// The program that people typed until July 2023.
    static let oldCompose = Rule(
        "SH044", .info, "docker-compose is the retired version 1",
        why: "Compose 1 has ended in July 2023 (docs.docker.com/compose/releases/migrate) and is missing on new "
            + "machines and runners.",
        catches: ["#!/bin/sh\nset -e\ndocker-compose up -d\n", "#!/bin/sh\nset -e\nsudo docker-compose pull\n"],
        passes: ["#!/bin/sh\nset -e\ndocker compose up -d\n", "#!/bin/sh\ncommand -v docker-compose\n"]
    ) { file in
        let script = file.document
        guard !script.text.contains("-v docker-compose"), !script.text.contains("which docker-compose"),
            !script.text.contains("docker-compose()"), !script.text.contains("type docker-compose")
        else { return [] }
        return script.commands.compactMap { command in
            guard let word = command.words.prefix(2).first(where: { $0.source == "docker-compose" }),
                word == command.words.first || command.name == "sudo" || command.words.first?.text == "exec"
            else { return nil }
            return file.violation(
                at: command, "Compose 1 is retired; write: docker compose",
                fix: file.fix(
                    "Call Compose 2", word.offset..<word.offset + word.source.utf8.count, with: "docker compose"))
        }
    }

    /// Everybody may change what everybody runs.
    static let openPermissions = Rule(
        "SH045", .warning, "chmod 777",
        why: "Every process of the machine may change the files: the first broken service takes over the others.",
        catches: ["#!/bin/sh\nset -e\nchmod -R 777 /srv/app\n"],
        passes: ["#!/bin/sh\nset -e\nchmod -R u+rwX /srv/app\n", "#!/bin/sh\nchmod 1777 /tmp\n"]
    ) { file in
        file.findings { command in
            let words = command.name == "sudo" ? Array(command.arguments.dropFirst()) : command.arguments
            guard command.name == "chmod" || command.name == "sudo" && command.arguments.first == "chmod",
                words.contains(where: { ["777", "0777", "a+rwx", "ugo+rwx", "666", "a+rw"].contains($0) })
            else { return nil }
            return "everybody may change the files; write: chown the files to the user that runs, and chmod u+rwX"
        }
    }
}

/// What bash understands and a plain POSIX shell does not.
enum PlainShell {
    /// - Returns: The foreign word and what to write instead.
    static func foreign(_ command: ShellCommand, in script: ScriptFile, isBusyBox: Bool)
        -> (word: String, advice: String)?
    {
        let sources = (command.assignments + command.words).filter { !$0.isQuoted }
        if command.assignments.contains(where: {
            $0.source.hasSuffix("=")
                && script.text.utf8.dropFirst($0.offset + $0.source.utf8.count).first == UInt8(ascii: "(")
        }) {
            return ("an array", "keep the words in one variable or in \"$@\"")
        }
        if command.words.contains(where: { $0.source.contains("<(") }) { return ("<(...)", "write into a file") }
        guard !isBusyBox else { return nil }
        switch command.name {
        case "[[": return ("[[", "write: [ ... ]")
        case "source": return ("source", "write: . FILE")
        case "[" where command.arguments.contains("=="), "test" where command.arguments.contains("=="):
            return ("==", "write: =")
        case "set" where command.arguments.contains("pipefail"): return ("pipefail", "delete it")
        case "declare", "shopt", "pushd", "popd", "mapfile", "readarray", "typeset":
            return (command.name, "leave it out")
        case "read" where command.arguments.contains("-p") || command.arguments.contains("-s"):
            return ("read -p", "print the question before")
        default: break
        }
        if command.redirections.contains(where: { $0.hasPrefix("<<<") }) { return ("<<<", "write: echo TEXT | ...") }
        if GoPath.trimSpace(String(script.rest(after: command))).hasPrefix("&>") { return ("&>", "write: > FILE 2>&1") }
        for word in sources {
            for operation in [",,}", "^^}"] where word.source.contains("${") && word.source.contains(operation) {
                return ("${NAME\(operation)", "write: tr")
            }
            if word.source.contains("${!") { return ("${!NAME}", "write: eval") }
        }
        return nil
    }
}
