// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The JSON form of a command that needs no shell.
enum ShellForm {
    static func fix(of step: DockerfileStep, in file: CheckedDockerfile) -> Fix? {
        let instruction = step.instruction
        let isHealthcheck = instruction.keyword == "HEALTHCHECK"
        let text = instruction.command.first ?? ""
        // Whatever a shell would do something with stays as it is.
        guard instruction.command.count == 1, instruction.heredocs.isEmpty, !text.isEmpty,
            !text.contains(where: { "$`\\\"'|&;<>(){}*?[]~#!=\n".contains($0) }),
            isHealthcheck || instruction.flags.isEmpty
        else { return nil }
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        if words.first == "exec" { words.removeFirst() }
        guard let first = words.first, !builtins.contains(first) else { return nil }
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let start = isHealthcheck ? instruction.flags.map(\.text) + ["CMD"] : []
        return Fix(
            "Write the words as JSON", line: instruction.line, count: instruction.endLine - instruction.line + 1,
            replacement: [([instruction.writtenKeyword] + start + ["[\(list)]"]).joined(separator: " ")],
            isUnsafe: !isHealthcheck && isCombined(step, in: file))
    }

    /// With both instructions in the image, the form of one decides what becomes of the other.
    private static func isCombined(_ step: DockerfileStep, in file: CheckedDockerfile) -> Bool {
        guard let stage = step.stage else { return false }
        let other = step.keyword == "CMD" ? "ENTRYPOINT" : "CMD"
        return file.stages[stage].parent != nil
            || file.stages[stage].instructions.contains { $0.keyword == other }
    }

    private static let builtins: Set<String> = [
        "cd", "source", ".", "export", "set", "exec", "eval", "ulimit", "umask", "if", "while", "for", "until", "case",
        "echo", "test", "true", "false", "exit", "command", "type", "wait", "trap", "read",
    ]
}
