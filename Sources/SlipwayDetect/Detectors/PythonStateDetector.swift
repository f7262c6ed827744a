// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that a Python process keeps, and what that means for a second instance.
struct PythonStateDetector: Detector {
    let name = "python-state"
    let account = DetectorAccount(
        recognises:
            "What ties a service to one machine: schedulers in the process, SQLite, uploads; and where it writes, logs too.",
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
            let written = PythonWrittenFiles(project, startFolder: folder).found
            let web = Subject(folder, Subject.web)
            func single(_ why: String, _ file: String, _ line: Int, _ confidence: Double) {
                found.append(
                    .claim(.singleInstance(why), for: web, file: file, line: line, why: why, confidence: confidence))
            }
            let sqlite = sqlite(project)
            found += claims(
                written.filter { $0.kind == .log || sqlite != nil }, in: folder, kept: directories.map(\.directory),
                project.modules.tree)
            if let sqlite {
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

    /// A folder of its own is kept; a file beside the code is kept alone, because a volume in the place of its folder
    /// would keep the code of an earlier release with it.
    private func claims(
        _ files: [PythonWrittenFiles.Found], in start: String, kept: [String], _ tree: SourceTree
    ) -> [Evidence] {
        files.compactMap { item in
            let folder = item.path.parentDirectory
            if item.path.hasPrefix("/") {
                return .claim(
                    .writableDirectory(folder), for: Subject(start, nil), file: item.file, line: item.line,
                    why: "its database is there", confidence: 0.8)
            }
            guard !kept.contains(where: { folder.relative(to: $0) != nil }) else { return nil }
            // A database that comes with the code is read as it came.
            guard item.kind == .log || item.isMigrated || !tree.contains(start.appending(path: item.path)) else {
                return nil
            }
            let place = PathText.normalized(start.appending(path: folder)) ?? folder
            let holdsCode =
                folder == "."
                || tree.files(under: place).contains { entry in
                    !entry.name.hasPrefix(".git") && !Self.isData(entry.name)
                }
            let why = item.kind == .log ? "writes its log there" : "its database is there"
            return .claim(
                holdsCode ? .writableFile(item.path) : .writableDirectory(folder), for: Subject(start, nil),
                file: item.file, line: item.line, why: why, confidence: 0.8)
        }
    }

    private static func isData(_ name: String) -> Bool {
        name == "README.md" || name == ".keep"
            || [".db", ".sqlite", ".sqlite3", ".log"].contains { name.hasSuffix($0) }
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
