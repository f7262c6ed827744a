// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension ComposeService {
    /// Programs that put files somewhere and end.
    private static let fileTools: Set<String> = [
        "cp", "mkdir", "chown", "chmod", "ln", "mv", "rm", "tar", "install", "rsync", "find", "touch", "set", "cd",
        "echo", "true",
    ]

    /// Whether its command replaces the application with tools that copy files or hand them to another account: it
    /// reads none of the application's variables and writes none of its data.
    var movesFiles: Bool {
        guard node["entrypoint"] == nil, let words = node["command"]?.texts ?? command.map({ [$0.text] }) else {
            return false
        }
        let isShell = words.count == 3 && ["sh", "/bin/sh", "bash", "/bin/bash"].contains(words[0]) && words[1] == "-c"
        let text = isShell ? words[2] : words.joined(separator: " ")
        let names = ShellProgram(parsing: text).commands.map(\.name).filter { !$0.isEmpty }
        return !names.isEmpty && names.allSatisfy(Self.fileTools.contains)
    }
}
