// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command reference as Markdown, made from the commands' own help pages.
enum CommandReference {
    /// Columns of a help page in the reference.
    private static let columns = 100

    static func markdown() -> String {
        var sections = [
            "# Commands",
            """
            Made from the commands' own help pages by `make docs`. Standard output carries the result only; progress \
            and logs go to standard error. Exit codes: 0 done, 64 usage, 65 findings or differences, 69 target \
            unreachable, 70 a bug of ours, 75 try again.
            """,
        ]
        for command in CommandCatalog.all { append(command, path: ["slipway"], to: &sections) }
        return sections.joined(separator: "\n\n") + "\n"
    }

    private static func append(_ command: any ParsableCommand.Type, path: [String], to sections: inout [String]) {
        let configuration = command.configuration
        guard configuration.shouldDisplay else { return }
        let name = configuration.commandName ?? String(describing: command).lowercased()
        let path = path + [name]
        sections.append(String(repeating: "#", count: path.count) + " " + path.joined(separator: " "))
        sections.append("```\n\(Slipway.helpMessage(for: command, columns: columns))\n```")
        for child in configuration.subcommands { append(child, path: path, to: &sections) }
    }
}
