// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Text file busy
    static let copyOverRunningProgram = Rule(
        "AP377", .error, "a deployment copies over the program that runs",
        why:
            "Linux refuses to write into the file of a running program (\"Text file busy\", scp: \"Failure\"): the first "
            + "deployment works, and every later one ends here. A rename beside it is allowed.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ngo build -o dist/shop ./cmd/shop\nscp dist/shop bot@a.example:/opt/shop/shop\nssh bot@a.example 'sudo systemctl restart shop'\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nscp build/api bot@a.example:/opt/api/api\nssh bot@a.example 'sudo systemctl restart web'\n",
                "ops/web.service": "[Service]\nUser=a\nExecStart=/opt/api/api\n",
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncargo build --release\nsudo cp target/release/shop /usr/local/bin/shop\nsudo systemctl restart shop\n"
            ],
        ],
        passes: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ngo build -o dist/shop ./cmd/shop\nscp dist/shop bot@a.example:/opt/shop/shop.new\nssh bot@a.example 'mv /opt/shop/shop.new /opt/shop/shop && sudo systemctl restart shop'\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ngo build -o dist/shop ./cmd/shop\nssh bot@a.example 'sudo systemctl stop shop'\nscp dist/shop bot@a.example:/opt/shop/shop\nssh bot@a.example 'sudo systemctl restart shop'\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nscp web.py bot@a.example:/opt/shop/web.py\nssh bot@a.example 'sudo systemctl restart shop'\n"
            ],
            [
                "README.md":
                    "```sh\ngo build -o shop .\nscp ./shop bot@a.example:~/shop\nsudo mv ~/shop /opt/shop/shop\nsudo systemctl restart shop\n```\n"
            ],
            [
                "setup.sh":
                    "#!/bin/sh\nset -e\ngo build -o shop .\nsudo cp shop /usr/local/bin/shop\nsudo systemctl start shop\n"
            ],
        ]
    ) { repository in
        let started = Set(repository.units.compactMap(program))
        let blocks = Dictionary(grouping: repository.toldCommands.filter { isShell($0.teller) }) {
            $0.teller == .document ? "\($0.file)#\($0.block)" : $0.file
        }
        return blocks.keys.sorted().compactMap { violation(in: blocks[$0] ?? [], started) }
    }

    private static func isShell(_ teller: ToldCommand.Teller) -> Bool { teller != .package }

    /// What a unit starts, when it is a compiled program and no interpreter of the system.
    private static func program(_ unit: CheckedFile<PlainText>) -> String? {
        unit.textLines.lazy.map(\.trimmed).first { $0.hasPrefix("ExecStart=") }.flatMap { line in
            let word = line.dropFirst(10).drop { "-@+!:".contains($0) }.prefix { $0 != " " }
            let name = SourceTree.Entry(path: String(word)).name
            return word.hasPrefix("/usr/bin/") || word.hasPrefix("/bin/") || name.contains(".")
                || word.contains("/venv/") || word.contains("env/bin/") ? nil : name
        }
    }

    private static func violation(in block: [ToldCommand], _ started: Set<String>) -> Violation? {
        guard
            let restart = block.lastIndex(where: {
                $0.raw.contains("systemctl restart") || $0.raw.contains("service restart")
            })
        else { return nil }
        let built = Set(block.flatMap(builtPrograms))
        for (index, told) in block.enumerated() where index < restart {
            guard let name = copied(told), started.contains(name) || built.contains(name) || isCompiled(told) else {
                continue
            }
            // What stops it, takes it away or kills it makes room.
            let isFree = block[..<index].contains { before in
                let words = before.raw.split { " '\";&".contains($0) }
                return before.raw.contains("systemctl stop")
                    || words.contains { ["rm", "mv", "pkill", "kill"].contains($0) }
            }
            // What is put down elsewhere and moved into place is a rename.
            let isMoved = block[(index + 1)..<restart].contains { $0.raw.contains("mv ") && $0.raw.contains(name) }
            if isFree || isMoved { continue }
            return Violation(
                file: told.file, line: told.line,
                "\(name) still runs and its file may not be written; copy it as \(name).new, and rename it: "
                    + "mv \(name).new \(name)", severity: told.severity)
        }
        return nil
    }

    /// The name of a program that keeps its name where it is copied to.
    private static func copied(_ told: ToldCommand) -> String? {
        guard ["cp", "scp"].contains(told.words.first), told.words.count > 2, let target = told.words.last,
            let source = told.words.dropLast().last, !told.words.contains("--remove-destination")
        else { return nil }
        let name = SourceTree.Entry(path: source).name
        let place = SourceTree.Entry(path: String(target.split(separator: ":").last ?? "")).name
        return ToldCommand.isPlain(name) && !name.contains(".") && (name == place || target.hasSuffix("/")) ? name : nil
    }

    private static func isCompiled(_ told: ToldCommand) -> Bool {
        told.raw.contains("target/release/") || told.raw.contains(".build/release/")
    }

    /// The name of the file that a compiler leaves.
    private static func builtPrograms(_ told: ToldCommand) -> [String] {
        guard told.raw.contains("go build") else { return [] }
        let words = told.raw.split { " '\"".contains($0) }.map(String.init)
        guard let flag = words.firstIndex(of: "-o"), words.indices.contains(flag + 1) else { return [] }
        return [SourceTree.Entry(path: words[flag + 1]).name]
    }
}

extension ToldCommand {
    /// The command as it is written, blanks between its words made single.
    var raw: String { command.words.map(\.text).joined(separator: " ") }
}
