// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// COPY of a folder makes a folder, whatever the destination is called.
    static let copyFolderToFile = Rule(
        "DF052", .error, "COPY makes a folder that is called like a file",
        why: "The source is a folder, so the destination becomes one too: the program of that name is a folder, and "
            + "starting it fails.",
        catches: [
            "FROM python:3.13\nWORKDIR /app\nCOPY . app.py\nCMD [\"python\", \"app.py\"]",
            ["Dockerfile": "FROM node:22\nCOPY src server.js\nCMD [\"node\", \"server.js\"]\n", "src/server.js": ""],
        ],
        passes: [
            "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]",
            "FROM python:3.13\nCOPY . /srv/app.py/\nCMD [\"python\", \"/srv/app.py/main.py\"]",
            "FROM nginx:1.27\nCOPY . /srv/www.example.com\n",
            ["Dockerfile": "FROM node:22\nCOPY src/server.js server.js\n", "src/server.js": ""],
        ]
    ) { file in
        let folder = SourceTree.Entry(path: file.location).directory
        return file.steps("COPY", "ADD").compactMap { step in
            let words = step.instruction.arguments
            guard words.count == 2, step.instruction.flag("from") == nil, let target = words.last,
                let name = target.split(separator: "/").last, !target.hasSuffix("/"), let dot = name.lastIndex(of: "."),
                Self.programEndings.contains(name[name.index(after: dot)...])
            else { return nil }
            let source = words[0]
            let isFolder =
                source == "." || source == "./"
                || file.repository.tree.hasDirectory(GoPath.clean(folder + "/" + source))
                    && !file.repository.tree.contains(GoPath.clean(folder + "/" + source))
            guard isFolder, !source.contains("$") else { return nil }
            return Violation(
                line: step.line,
                "\(target) becomes a folder; write: COPY \(source) \(source == "./" ? "./" : "."), or name the file")
        }
    }

    private static var programEndings: Set<Substring> {
        ["py", "js", "mjs", "cjs", "ts", "sh", "php", "rb", "jar", "go", "json", "txt", "toml", "yml", "yaml", "dll"]
    }
}
