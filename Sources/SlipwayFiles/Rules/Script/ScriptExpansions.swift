// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// An empty variable turns `rm -rf "$DIR/"` into `rm -rf /`.
    static let deletesFromVariable = Rule(
        "SH010", .warning, "rm deletes from / when a variable is empty", alias: ["SC2115"],
        why: "When the variable is empty or misspelled, rm -rf starts at the root of the file system.",
        catches: [
            "#!/bin/sh\nrm -rf \"$RELEASES/\"*\n", "#!/bin/sh\nset -e\nrm -rf $BUILD_DIR/old\n",
        ],
        passes: [
            "#!/bin/sh\nrm -rf \"${RELEASES:?}/\"*\n", "#!/bin/sh\nset -eu\nrm -rf \"$RELEASES/\"*\n",
            "#!/bin/sh\nRELEASES=/srv/releases\nrm -rf \"$RELEASES/\"*\n", "#!/bin/sh\nrm -rf build/*\n",
        ]
    ) { file in
        let script = file.document
        guard script.options.isDisjoint(with: ["u", "nounset"]) else { return [] }
        return script.commands.flatMap { command -> [Violation] in
            guard command.name == "rm" || command.words.starts(with: ["sudo", "rm"], by: { $0.text == $1 }),
                command.flags.contains(where: { ["r", "R", "recursive"].contains($0.name) })
            else { return [] }
            return command.words.compactMap { word in
                guard let name = leadingVariable(word.source), !isAssigned(name, in: script) else { return nil }
                return Violation(
                    line: script.line(of: word.offset), column: script.column(of: word.offset),
                    "deletes from the root when \(name) is empty; write: ${\(name):?}")
            }
        }
    }

    /// The variable in front of a slash.
    private static func leadingVariable(_ source: String) -> String? {
        var rest = source[...]
        if rest.hasPrefix("\"") { rest.removeFirst() }
        guard rest.hasPrefix("$") else { return nil }
        rest.removeFirst()
        let isBraced = rest.hasPrefix("{")
        if isBraced { rest.removeFirst() }
        let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
        rest = rest.dropFirst(name.count)
        if isBraced {
            guard rest.hasPrefix("}") else { return nil }
            rest.removeFirst()
        }
        if rest.hasPrefix("\"") { rest.removeFirst() }
        let known: Set<Substring> = ["HOME", "PWD", "TMPDIR", "GITHUB_WORKSPACE", "OLDPWD"]
        return rest.hasPrefix("/") && !name.isEmpty && !known.contains(name) ? String(name) : nil
    }

    private static func isAssigned(_ name: String, in script: ScriptFile) -> Bool {
        script.commands.contains { command in
            let words =
                command.assignments
                + (["export", "local", "readonly", "declare"].contains(command.name)
                    ? command.words : [])
            return words.contains { word in
                word.text.hasPrefix(name + "=") && word.text.utf8.count > name.utf8.count + 1
            } || command.name == "read" && command.arguments.contains(name)
        } || script.lines.contains { $0.contains("for \(name) in ") }
    }

    /// A blank in the value makes two names of one.
    static let unquotedPath = Rule(
        "SH011", .info, "an unquoted variable names files", alias: ["SC2086"],
        why: "A blank or a star in the value makes several names of one: the command works on other files than meant.",
        catches: ["#!/bin/sh\nset -e\nrm -rf $TARGET\n", "#!/bin/sh\nset -e\ncp config.yml $APP_HOME/config.yml\n"],
        passes: [
            "#!/bin/sh\nset -e\nrm -rf \"$TARGET\"\n", "#!/bin/sh\nset -e\ndocker run $OPTIONS app\n",
            "#!/bin/sh\nset -e\nrm -f \"$HOME\"/*.log\n",
        ]
    ) { file in
        let script = file.document
        let tools: Set<String> = ["rm", "cp", "mv", "rsync", "chown", "chmod", "ln", "mkdir", "tar", "install"]
        var seen: Set<Int> = []
        return script.commands.flatMap { command -> [Violation] in
            let name = command.name == "sudo" ? command.arguments.first ?? "" : command.name
            guard tools.contains(name), seen.insert(command.words.first?.offset ?? 0).inserted else { return [] }
            return command.words.dropFirst().compactMap { word in
                let isPlain = word.source.utf8.allSatisfy { $0.isNameByte || "$./{}-".utf8.contains($0) }
                guard !word.isQuoted, isPlain, word.source.contains("$"), !word.source.contains("$#"),
                    isPathLike(word.source)
                else { return nil }
                let end = word.offset + word.source.utf8.count
                return Violation(
                    line: script.line(of: word.offset), column: script.column(of: word.offset),
                    "a blank in \(word.source) makes several names of it; write: \"\(word.source)\"",
                    fix: file.fix(
                        "Quote the name", word.offset..<end, with: "\"\(word.source)\"", isUnsafe: true))
            }
        }
    }

    /// Variables of options and owners are meant to be cut, or cannot hold a blank.
    private static func isPathLike(_ source: String) -> Bool {
        let words = source.uppercased().split { !$0.isLetter }.map(String.init)
        return !words.contains { word in
            [
                "OPT", "OPTS", "OPTIONS", "FLAG", "FLAGS", "ARG", "ARGS", "FILES", "LIST", "UID", "GID", "PUID", "PGID",
                "USER", "GROUP", "MODE", "CMD", "PATHS", "DIRS", "OWNER",
            ].contains(word)
        }
    }

    /// `$@` without quotes cuts every argument at its blanks.
    static let unquotedArguments = Rule(
        "SH012", .warning, "the arguments are cut at their blanks", alias: ["SC2068"],
        why: "Without quotes, the arguments of the container's command are cut again: sh -c 'a b' arrives as three "
            + "other words.",
        catches: ["#!/bin/sh\nset -e\nexec $@\n", "#!/bin/sh\nset -e\nexec gosu app ${@}\n"],
        passes: ["#!/bin/sh\nset -e\nexec \"$@\"\n", "#!/bin/sh\necho started with $@\n"]
    ) { file in
        file.document.commands.flatMap { command -> [Violation] in
            guard !["echo", "printf"].contains(command.name) else { return [] }
            return command.words.compactMap { word in
                guard ["$@", "${@}", "$*", "${*}"].contains(word.source) else { return nil }
                let end = word.offset + word.source.utf8.count
                return Violation(
                    line: file.document.line(of: word.offset), column: file.document.column(of: word.offset),
                    "\(word.source) cuts the arguments at their blanks; write: \"$@\"",
                    fix: file.fix("Keep the arguments whole", word.offset..<end, with: "\"$@\""))
            }
        }
    }

    /// A dotenv file is no list of shell words.
    static let environmentThroughXargs = Rule(
        "SH013", .warning, "a dotenv file is read with xargs or cut",
        why: "Values with blanks, quotes or a # arrive damaged, often a password, and the error shows much later.",
        catches: [
            "#!/bin/sh\nset -e\nexport $(cat .env | xargs)\n", "#!/bin/sh\nexport $(grep -v '^#' .env | xargs)\n",
        ],
        passes: ["#!/bin/sh\nset -e\nset -a\n. ./.env\nset +a\n"]
    ) { file in
        let commands = file.document.commands
        return commands.indices.compactMap { index in
            let command = commands[index]
            guard command.name == "export",
                let word = command.words.dropFirst().first(where: {
                    $0.source.hasPrefix("$(") || $0.source.hasPrefix("`")
                }),
                word.source.contains(".env"), word.source.contains("xargs") || word.source.contains("cat ")
            else { return nil }
            return file.violation(
                at: command, "values with blanks or # arrive damaged; write: set -a; . ./.env; set +a")
        }
    }
}
