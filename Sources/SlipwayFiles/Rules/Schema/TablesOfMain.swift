// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `create_all()` below `if __name__ == "__main__":`, which runs for `python app.py` and not for a server that imports
/// the module.
enum TablesOfMain {
    private static let servers: Set<String> = [
        "gunicorn", "uvicorn", "hypercorn", "waitress-serve", "uwsgi", "granian",
    ]

    /// Python that makes tables with SQLAlchemy, without files that nobody starts; packages' own files too.
    static func makers(in repository: CheckedRepository) -> [CodeText] {
        repository.codeFiles([".py"], with: ["create_all("], smallerThan: 300_000).compactMap { entry -> CodeText? in
            guard let code = repository.codeText(entry.path) else { return nil }
            return code.line(with: "create_all(") == nil
                || StandaloneScript.isUnstarted(entry.path, in: repository) ? nil : code
        }
    }

    /// Where the application's own module does it, when all that deploys imports the module.
    static func unmade(in repository: CheckedRepository) -> Violation? {
        let programs =
            repository.deployedUnits.filter { !$0.isForDevelopment }.compactMap { $0.server?.line.program }
            + repository.procfiles.flatMap { $0.document.processes }.filter { $0.name == "web" }.compactMap {
                ServerCommandLine($0.command)?.program
            }
        guard programs.contains(where: servers.contains), !programs.contains(where: { $0.hasPrefix("python") }) else {
            return nil
        }
        let files = makers(in: repository)
        guard files.count == 1, let code = files.first,
            code.bare.contains(where: { $0.contains("=Flask(") || $0.contains("=FastAPI(") }),
            let head = code.bare.firstIndex(where: { $0.hasPrefix("if__name__=='__main__'") })
        else { return nil }
        let calls = code.bare.indices.filter { code.bare[$0].contains("create_all(") }
        guard let first = calls.first, first > head,
            code.lines[(head + 1)...first].allSatisfy({ $0.isEmpty || $0.first?.isWhitespace == true })
        else { return nil }
        return Violation(
            file: code.path, line: first + 1,
            "the server imports the module and never runs this, so nothing makes the tables; move it above "
                + "if __name__ == \"__main__\"")
    }
}
