// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// pip puts modules into site-packages and their programs into bin: with the modules alone the command is not found.
    static let programLeftBehind = Rule(
        "DF049", .error, "a program stays behind in another stage",
        why:
            "pip puts modules into site-packages and their programs into bin: with the modules alone the command is not found.",
        catches: [
            "FROM python:3.12 AS build\nRUN pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCMD [\"gunicorn\", \"app:app\"]"
        ],
        passes: [
            "FROM python:3.12 AS build\nRUN pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCOPY --from=build /usr/local/bin /usr/local/bin\nCMD [\"gunicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nRUN pip install uvicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCMD [\"python\", \"-m\", \"uvicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nRUN python -m venv /venv && /venv/bin/pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH\nCMD [\"gunicorn\", \"app:app\"]",
        ]
    ) { file in
        guard let last = file.stages.last else { return [] }
        let instructions = file.lineage(of: last)
        let copies = instructions.filter { $0.keyword == "COPY" && $0.flag("from") != nil }
        guard copies.contains(where: { $0.arguments.dropLast().contains { $0.contains("site-packages") } }),
            // Whatever else comes along may bring the programs.
            !copies.contains(where: { $0.arguments.dropLast().contains { !$0.contains("site-packages") && brings($0) } }
            ),
            !instructions.contains(where: { instruction in
                instruction.keyword == "RUN" && ["pip", "poetry", "uv "].contains(where: instruction.text.contains)
            }),
            let command = instructions.last(where: { $0.keyword == "ENTRYPOINT" })
                ?? instructions.last(where: { $0.keyword == "CMD" }),
            let server = ServerCommandLine(command.arguments.joined(separator: " ")),
            let written = command.arguments.joined(separator: " ").split(whereSeparator: { " \"'".contains($0) }).first
        else { return [] }
        let programs: Set<String> = [
            "gunicorn", "uvicorn", "hypercorn", "daphne", "celery", "flask", "fastapi", "streamlit", "alembic",
            "granian",
        ]
        guard programs.contains(server.program), String(written) == server.program else { return [] }
        return [
            Violation(
                line: command.line,
                "\(server.program) is not in this stage; write before it: COPY --from=STAGE /usr/local/bin /usr/local/bin"
            )
        ]
    }

    private static func brings(_ path: String) -> Bool {
        path == "/" || path.contains("/bin") || path.contains("venv") || path.contains("/usr/local")
            || path.contains("/root/.local") || path.contains("/install") || path.contains("$")
    }
}
