// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that a Python process keeps, and what that means for a second instance.
struct PythonStateDetector: Detector {
    let name = "python-state"
    let account = DetectorAccount(
        recognises:
            "What ties a service to one machine: schedulers in the process, SQLite, uploads; and the folders it writes to.",
        reads: ["calls and paths in the code, followed to their defaults"],
        confidence: "70 to 90 %")

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let folder = repository.startFolder(of: project)
            let directories = PythonDirectories(project, startFolder: folder).found
            var found = directories.map { item -> Evidence in
                .claim(
                    .writableDirectory(item.directory), for: Subject(folder, nil), file: item.file, line: item.line,
                    why: item.why, confidence: item.confidence)
            }
            let web = Subject(folder, Subject.web)
            func single(_ why: String, _ file: String, _ line: Int, _ confidence: Double) {
                found.append(
                    .claim(.singleInstance(why), for: web, file: file, line: line, why: why, confidence: confidence))
            }
            if let sqlite = sqlite(project) {
                single(
                    SingleInstance.database, sqlite.file,
                    sqlite.line, 0.85)
                found.append(
                    .claim(
                        .needs(.sqlite), for: Subject(folder, nil), file: sqlite.file, line: sqlite.line, why: "SQLite",
                        confidence: Confidence.code))
            }
            for source in project.sources {
                for item in source.calls {
                    guard let name = source.qualified(item.call.callee)?.split(separator: ".").last,
                        ["AsyncIOScheduler", "BackgroundScheduler", "BlockingScheduler"].contains(name)
                    else { continue }
                    single(
                        "a scheduler runs inside the process: a second instance would run every job twice", source.path,
                        item.call.line, 0.88)
                }
            }
            if let first = directories.first {
                single(
                    SingleInstance.files(in: first.directory),
                    first.file, first.line, 0.6)
            }
            return found
        }
    }

    /// A database URL of SQLite, when no driver of a server database is installed.
    private func sqlite(_ project: PythonProject) -> (file: String, line: Int)? {
        let hasServer = project.dependencies.contains {
            [.postgres, .mysql, .mariadb].contains(PythonResourceDetector.drivers[$0.name])
        }
        guard !hasServer else { return nil }
        for source in project.sources {
            for statement in source.statements {
                var line: Int?
                for expression in statement.expressions {
                    expression.walk { inner in
                        let text: String? = if case .formatted(let text, _) = inner { text } else { inner.string }
                        if let text, text.hasPrefix("sqlite") && text.contains(":///") && !text.contains(":memory:") {
                            line = line ?? statement.line
                        }
                        if inner.string == "django.db.backends.sqlite3" { line = line ?? statement.line }
                        if let call = inner.call, source.qualified(call.callee) == "sqlite3.connect",
                            call.argument("database", at: 0)?.string != ":memory:"
                        {
                            line = line ?? call.line
                        }
                    }
                }
                if let line { return (source.path, line) }
            }
        }
        return nil
    }
}
