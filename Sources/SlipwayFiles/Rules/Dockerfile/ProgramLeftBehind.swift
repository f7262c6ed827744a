// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// pip puts modules into site-packages and their programs into bin: with the modules alone the command is not found.
    static let programLeftBehind = Rule(
        "DF049", .error, "a program stays behind in another stage",
        why:
            "pip puts modules into site-packages and their programs into bin: with the modules alone the command is not found.",
        catches: [
            "FROM python:3.12 AS build\nRUN pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCMD [\"gunicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nWORKDIR /app\nRUN pip install -r requirements.txt\nCOPY . .\nFROM python:3.12-slim\nCOPY --from=build /app /app\nCMD python -m uvicorn app:app",
        ],
        passes: [
            "FROM python:3.12 AS build\nWORKDIR /app\nRUN pip install --target=/app -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /app /app\nCMD [\"python\", \"-m\", \"uvicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nRUN pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCOPY --from=build /usr/local/bin /usr/local/bin\nCMD [\"gunicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nRUN pip install uvicorn\nFROM python:3.12-slim\nCOPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\nCMD [\"python\", \"-m\", \"uvicorn\", \"app:app\"]",
            "FROM python:3.12 AS build\nRUN python -m venv /venv && /venv/bin/pip install gunicorn\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH\nCMD [\"gunicorn\", \"app:app\"]",
        ]
    ) { file in
        guard let last = file.stages.last else { return [] }
        let instructions = file.lineage(of: last)
        if let violation = packagesLeftBehind(instructions, in: file, last: last) { return [violation] }
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
        guard programs.contains(server.program), String(written) == server.program else { return [] }
        return [
            Violation(
                line: command.line,
                "\(server.program) is not in this stage; write before it: COPY --from=STAGE /usr/local/bin /usr/local/bin"
            )
        ]
    }

    /// All that pip installed stays in the stage that the application's folder is copied from.
    private static func packagesLeftBehind(
        _ instructions: [DockerfileInstruction], in file: CheckedDockerfile, last: DockerfileStage
    ) -> Violation? {
        let copies = instructions.filter { $0.keyword == "COPY" && $0.flag("from") != nil }
        let sources = copies.flatMap { $0.arguments.dropLast() }
        guard !copies.isEmpty,
            !sources.contains(where: { brings($0) || $0.contains("packages") || $0.contains("wheel") }),
            file.finalBase.map({ ImageName($0).repository }) == "python",
            !instructions.contains(where: { $0.keyword == "RUN" && installs($0.text) }),
            let command = instructions.last(where: { $0.keyword == "ENTRYPOINT" })
                ?? instructions.last(where: { $0.keyword == "CMD" }),
            let server = ServerCommandLine(command.arguments.joined(separator: " ")), programs.contains(server.program)
        else { return nil }
        let names = Set(copies.compactMap { $0.flag("from")?.value })
        let stages = file.stages.filter { $0.index != last.index && $0.name.map(names.contains) == true }
        let runs = stages.flatMap(file.lineage).filter { $0.keyword == "RUN" || $0.keyword == "ENV" }.map(\.text)
        let elsewhere = [
            "--target", "--prefix", "--user", "venv", " -t ", "PYTHONUSERBASE", "PIP_TARGET", "poetry", "uv ",
        ]
        guard runs.contains(where: installs), !runs.contains(where: { run in elsewhere.contains { run.contains($0) } })
        else { return nil }
        return Violation(
            line: command.line,
            "\(server.program) was installed in another stage; write before this line: COPY --from=\(names.sorted()[0]) "
                + "/usr/local /usr/local")
    }

    private static func installs(_ text: String) -> Bool {
        text.contains("pip install") || text.contains("pip3 install") || text.contains("poetry install")
            || text.contains("uv ")
    }

    private static let programs: Set<String> = [
        "gunicorn", "uvicorn", "hypercorn", "daphne", "celery", "flask", "fastapi", "streamlit", "alembic", "granian",
    ]

    private static func brings(_ path: String) -> Bool {
        path == "/" || path.contains("/bin") || path.contains("venv") || path.contains("/usr/local")
            || path.contains("/root/.local") || path.contains("/install") || path.contains("$")
    }
}
