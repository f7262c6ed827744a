// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The JSON form of a command that needs no shell.
enum ShellForm {
    static func fix(of instruction: DockerfileInstruction) -> Fix? {
        let text = instruction.arguments.first ?? ""
        // Whatever a shell would do something with stays as it is.
        guard instruction.arguments.count == 1, instruction.heredocs.isEmpty, !text.isEmpty,
            !text.contains(where: { "$`\\\"'|&;<>(){}*?[]~#!=\n".contains($0) }), instruction.flags.isEmpty
        else { return nil }
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        if words.first == "exec" { words.removeFirst() }
        guard let first = words.first, !builtins.contains(first) else { return nil }
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        return Fix(
            "Write the words as JSON", line: instruction.line, count: instruction.endLine - instruction.line + 1,
            replacement: ["\(instruction.writtenKeyword) [\(list)]"])
    }

    private static let builtins: Set<String> = [
        "cd", "source", ".", "export", "set", "exec", "eval", "ulimit", "umask", "if", "while", "for", "until", "case",
        "echo", "test", "true", "false", "exit", "command", "type", "wait", "trap", "read",
    ]
}
