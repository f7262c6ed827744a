// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// Whoever breaks in there is root here.
    static let publishedSocket = Rule(
        "SH112", .warning, "a container gets the Docker socket and a published port",
        why:
            "With the socket a program starts a container that has the whole machine. Behind a port that everybody "
            + "reaches, one hole in it is the root account of the host.",
        catches: [
            "#!/bin/sh\nset -e\ndocker run -d -p 8081:8080 -v /var/run/docker.sock:/var/run/docker.sock jenkins/jenkins:lts\n"
        ],
        passes: [
            "#!/bin/sh\nset -e\ndocker run -d -p 127.0.0.1:8081:8080 -v /var/run/docker.sock:/var/run/docker.sock jenkins/jenkins:lts\n",
            "#!/bin/sh\nset -e\ndocker run --rm -v /var/run/docker.sock:/var/run/docker.sock tool:1\n",
            "#!/bin/sh\nset -e\ndocker run -d -p 8080:8080 shop:1\n",
        ]
    ) { file in
        file.findings { command in
            let words = command.words.map(\.text).filter { $0 != "sudo" }
            guard words.count > 3, ["docker", "podman"].contains(words[0]), words[1] == "run",
                words.contains(where: { $0.contains("docker.sock:") })
            else { return nil }
            let published = words.indices.dropFirst().compactMap { index -> String? in
                if ["-p", "--publish"].contains(words[index - 1]) { return words[index] }
                return words[index].hasPrefix("--publish=") ? String(words[index].dropFirst(10)) : nil
            }
            guard let port = published.first(where: { !$0.hasPrefix("127.0.0.1:") && !$0.hasPrefix("[::1]:") }) else {
                return nil
            }
            return "whoever breaks into it has the machine; write: -p 127.0.0.1:\(port), and put a login before it"
        }
    }

    /// The installer changes a file that only people's shells read.
    static let toolNotOnPath = Rule(
        "SH113", .error, "a script calls a program that its installer put on nobody's path",
        why:
            "The installer adds its folder to ~/.bashrc, which the running script never reads and Ubuntu's leaves early "
            + "without a terminal: the next command ends with \"not found\".",
        catches: [
            "#!/bin/bash\nset -e\ncurl -fsSL https://bun.sh/install | bash\nbun install\n",
            "#!/bin/bash\nset -e\nsu - app -c \"curl -fsSL https://bun.sh/install | bash\"\nsu - app -c \"cd /srv/a && bun install\"\n",
            "#!/bin/sh\nset -e\ncurl https://sh.rustup.rs -sSf | sh -s -- -y\ncargo build --release\n",
        ],
        passes: [
            "#!/bin/bash\nset -e\ncurl -fsSL https://bun.sh/install | bash\nexport PATH=\"$HOME/.bun/bin:$PATH\"\nbun install\n",
            "#!/bin/sh\nset -e\ncurl https://sh.rustup.rs -sSf | sh -s -- -y\n. \"$HOME/.cargo/env\"\ncargo build --release\n",
            "#!/bin/bash\nset -e\nif ! command -v bun; then\n  echo 'run: curl -fsSL https://bun.sh/install | bash'\nfi\n",
            "#!/bin/bash\nset -e\ncurl -fsSL https://bun.sh/install | bash\nln -s ~/.bun/bin/bun /usr/local/bin/bun\nbun install\n",
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        return UserInstaller.all.compactMap { installer in
            let lines = file.document.lines
            guard
                let start = lines.firstIndex(where: { line in
                    let body = line.trimmed
                    return line.contains(installer.address) && line.contains("|") && !body.hasPrefix("#")
                        && !body.hasPrefix("echo")
                }),
                !lines.contains(where: { line in
                    !line.trimmed.hasPrefix("#") && installer.mends.contains(where: line.contains)
                }),
                let call = lines[(start + 1)...].firstIndex(where: { installer.isCalled(in: $0) })
            else { return nil }
            return Violation(
                line: call + 1, "\(installer.program) is not found; write before it: \(installer.advice)")
        }
    }
}

/// An installer that puts a program into a folder of the user's.
private struct UserInstaller {
    let address: String
    let program: String
    /// Any of them in the script finds the program.
    let mends: [String]
    let advice: String

    static let all = [
        UserInstaller(
            address: "bun.sh/install", program: "bun",
            mends: [".bun/bin", "BUN_INSTALL", "bash -i", "-ic "], advice: "export PATH=\"$HOME/.bun/bin:$PATH\""),
        UserInstaller(
            address: "sh.rustup.rs", program: "cargo", mends: [".cargo/env", ".cargo/bin", "CARGO_HOME"],
            advice: ". \"$HOME/.cargo/env\""),
        UserInstaller(
            address: "deno.land/install", program: "deno", mends: [".deno/bin", "DENO_INSTALL"],
            advice: "export PATH=\"$HOME/.deno/bin:$PATH\""),
        UserInstaller(
            address: "astral.sh/uv", program: "uv", mends: [".local/bin", ".cargo/", "UV_INSTALL_DIR"],
            advice: "export PATH=\"$HOME/.local/bin:$PATH\""),
        UserInstaller(
            address: "install.python-poetry.org", program: "poetry", mends: [".local/bin", "POETRY_HOME"],
            advice: "export PATH=\"$HOME/.local/bin:$PATH\""),
    ]

    /// Whether a line starts the program, by itself or in the shell of another user.
    func isCalled(in line: Substring) -> Bool {
        let body = line.trimmed
        guard !body.hasPrefix("#"), !body.hasPrefix("echo"), !body.contains("command -v"), !body.contains("which ")
        else {
            return false
        }
        if body.hasPrefix(program + " ") { return true }
        return (body.hasPrefix("su ") || body.hasPrefix("sudo ")) && body.contains(" \(program) ")
    }
}
