// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The scripts that images start.
enum EntryScripts {
    static let servers: Set<String> = [
        "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "flask", "fastapi", "celery", "node", "npm", "yarn",
        "pnpm",
        "next", "python", "python3", "manage.py", "uwsgi", "nginx", "java", "dotnet", "bun", "deno", "puma", "litestar",
        "streamlit", "supervisord", "caddy", "rails",
    ]

    static func all(in repository: CheckedRepository) -> [EntryScript] {
        var found: [String: EntryScript] = [:]
        for unit in repository.deployedUnits where !unit.isForDevelopment {
            for instruction in unit.instructions where ["CMD", "ENTRYPOINT"].contains(instruction.keyword) {
                if let script = unit.script(of: instruction.arguments) { found[script.path] = script }
            }
            if let command = unit.service?.command, let script = unit.script(of: [command.text]) {
                found[script.path] = script
            }
        }
        return found.values.sorted { $0.path < $1.path }
    }
}
