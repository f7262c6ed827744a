// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What CMD and ENTRYPOINT start.
enum ServerCommands {
    static func development(_ file: CheckedDockerfile) -> [Violation] {
        guard let last = file.stages.last, !StageUse.isForDevelopment(file) else { return [] }
        let step = file.reading.steps(of: last).last {
            ["CMD", "ENTRYPOINT"].contains($0.keyword) && !$0.isTrigger
        }
        guard let step, isDevelopment(step.program) else { return [] }
        return [
            Violation(
                line: step.line,
                "this is a server for developing; start the production one (gunicorn, uvicorn, node on the built files, nginx)"
            )
        ]
    }

    static func isDevelopment(_ program: ShellProgram?) -> Bool {
        program?.commands.contains(where: isDevelopment) ?? false
    }

    private static func isDevelopment(_ command: ShellCommand) -> Bool {
        let words = command.arguments
        switch command.name {
        case "npm", "yarn", "pnpm", "bun":
            let script = words.first == "run" ? words.dropFirst().first : words.first
            return ["dev", "start:dev", "serve:dev", "develop", "dev:server"].contains(script ?? "")
        case "npx", "pnpx", "bunx": return words.first == "nodemon" || words.prefix(2) == ["next", "dev"]
        case "nodemon", "ts-node-dev": return true
        case "next", "nuxt", "astro", "remix": return words.first == "dev"
        case "vite": return words.first != "preview" && words.first != "build"
        case "ng": return words.first == "serve"
        case "flask": return words.contains("run")
        case "uvicorn", "gunicorn": return command.hasFlag("reload")
        case "fastapi": return words.first == "dev"
        case "php": return words.contains("serve") || words.first == "-S"
        case let name where name.hasPrefix("python"):
            return words.contains("runserver") || words.contains("flask") && words.contains("run")
                || words.contains("uvicorn") && words.contains("--reload")
        case "./manage.py", "manage.py": return words.contains("runserver")
        default: return false
        }
    }

    static func background(_ file: CheckedDockerfile) -> [Violation] {
        file.steps("CMD", "ENTRYPOINT").compactMap { step in
            guard step.stage == file.stages.count - 1 else { return nil }
            let text = step.instruction.arguments.last ?? ""
            guard hasBackground(text) else { return nil }
            return Violation(
                line: step.line, "a process in the background ends unnoticed; start each in its own container")
        }
    }

    /// A single `&` outside quotes.
    private static func hasBackground(_ text: String) -> Bool {
        var quote: UInt8?
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { quote = byte }
            guard byte == UInt8(ascii: "&"), index > 0 else { continue }
            let before = bytes[index - 1]
            let after = index + 1 < bytes.count ? bytes[index + 1] : 0x20
            if "&>|<".utf8.contains(before) || "&>".utf8.contains(after) { continue }
            if after.isSpace || after == UInt8(ascii: ")"), before.isSpace || before == UInt8(ascii: ")") {
                return true
            }
        }
        return false
    }
}
