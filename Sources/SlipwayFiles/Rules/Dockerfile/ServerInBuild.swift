// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build never ends.
    static let serverInBuild = Rule(
        "DF099", .error, "a step of the build starts a server",
        why: "RUN waits until its command ends, and a server does not: the build hangs until somebody stops it.",
        catches: [
            "FROM python:3.13\nCOPY . .\nRUN python manage.py runserver 0.0.0.0:8000\n",
            "FROM python:3.13\nCOPY . .\nRUN uvicorn main:app --host 0.0.0.0\n",
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm install\nRUN npm run dev\n",
                "package.json": "{\"scripts\":{\"dev\":\"vite\"}}",
            ],
        ],
        passes: [
            "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"python\", \"manage.py\", \"runserver\"]\n",
            "FROM python:3.13\nRUN pip install uvicorn gunicorn\n",
            "FROM python:3.13\nRUN uvicorn --version && timeout 5 uvicorn main:app || true\n",
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm install\nRUN npm run dev\n",
                "package.json": "{\"scripts\":{\"dev\":\"vite build --mode development\"}}",
            ],
            "FROM node:22\nCOPY . .\nRUN npm run dev &\n",
        ]
    ) { file in
        file.steps("RUN").compactMap { step in
            guard !step.hasForeignShell, !step.instruction.text.contains("&\n"),
                !step.instruction.text.trimmed.hasSuffix("&"), !step.instruction.text.contains(" & "),
                let command = step.program?.commands.first(where: { EndlessCommands.isServer($0, file) }),
                !command.isFollowedByOr, !command.isCondition
            else { return nil }
            let text = ([command.name] + command.arguments).joined(separator: " ")
            return Violation(line: step.line, "\(text) never ends, and the build waits for it; write it as CMD")
        }
    }
}

/// Commands that serve until somebody stops them.
private enum EndlessCommands {
    /// What a script of package.json begins with when it serves.
    private static let scripts = [
        "vite", "vite dev", "next dev", "next start", "nuxt dev", "react-scripts start", "vue-cli-service serve",
        "ng serve", "nodemon", "ts-node-dev", "astro dev", "webpack serve", "webpack-dev-server",
    ]

    static func isServer(_ command: ShellCommand, _ file: CheckedDockerfile) -> Bool {
        let words = command.arguments
        if words.contains("--version") || words.contains("--help") || words.contains("-h") { return false }
        switch command.name {
        case "python", "python3":
            return words.count > 1 && words[0].hasSuffix("manage.py") && words[1] == "runserver"
        case "uvicorn", "gunicorn", "hypercorn", "daphne":
            return words.contains { $0.contains(":") && !$0.hasPrefix("-") && !$0.contains("/") }
        case "flask": return words.first == "run"
        case "npm", "yarn", "pnpm":
            let names = words.filter { !$0.hasPrefix("-") && $0 != "run" }
            guard names.count == 1, let script = script(names[0], file) else { return false }
            return scripts.contains { script == $0 || script.hasPrefix($0 + " -") }
                && !script.contains("build") && !script.contains("&")
        default: return false
        }
    }

    /// The script of the one package.json that the build can see.
    private static func script(_ name: String, _ file: CheckedDockerfile) -> String? {
        ContextFiles.contexts(file).lazy.compactMap { folder in
            file.repository.tree.text(folder.appending(path: "package.json"))
        }.first.flatMap { JSONDocument(parsing: $0).root?.at("scripts", name)?.text?.trimmed }
    }
}
