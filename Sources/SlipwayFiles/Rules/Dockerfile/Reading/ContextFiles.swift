// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Dockerfile's COPY instructions against the files of the repository.
enum ContextFiles {
    /// Folders that may be the build context, the most likely first.
    static func contexts(_ file: CheckedDockerfile) -> [String] {
        statedContexts(file) + BuildContexts.above(file.location)
    }

    /// Those that some file names for it.
    static func statedContexts(_ file: CheckedDockerfile) -> [String] { file.repository.statedContexts[file.location] }

    static func join(_ folder: String, _ path: String) -> String {
        let joined = GoPath.clean(folder == "." ? path : folder + "/" + path)
        return joined.hasPrefix("./") ? String(joined.dropFirst(2)) : joined
    }

    private static func ignoreFile(_ file: CheckedDockerfile, context: String) -> String? {
        let name = join(".", file.location)
        return [name + ".dockerignore", join(context, ".dockerignore")].first(where: file.repository.tree.contains)
    }

    static func withoutIgnoreFile(_ file: CheckedDockerfile) -> [Violation] {
        guard file.repository.isWhole else { return [] }
        let stated = statedContexts(file)
        let contexts = stated.isEmpty ? contexts(file) : stated
        guard contexts.allSatisfy({ ignoreFile(file, context: $0) == nil }) else { return [] }
        guard let step = wholeCopies(file).first else { return withLocalSettings(file, contexts[0]) }
        let path = join(contexts[0], ".dockerignore")
        return [
            Violation(
                line: step.line,
                "everything beside this file enters the image; write \(path) with .git, .env and node_modules")
        ]
    }

    /// A folder in which people keep a `.env` that git does not.
    private static func withLocalSettings(_ file: CheckedDockerfile, _ context: String) -> [Violation] {
        let templates = [".env.example", ".env.sample", ".env.template", ".env.dist"]
        for step in file.steps("COPY", "ADD") where step.instruction.flag("from") == nil {
            for source in step.instruction.arguments.dropLast() where !source.contains("*") && !source.contains("$") {
                let folder = join(context, source)
                let found = file.repository.tree.files(under: folder).first { templates.contains($0.name) }
                guard let found else { continue }
                let path = join(context, ".dockerignore")
                return [
                    Violation(
                        line: step.line,
                        "\(found.directory)/.env would be copied into the image; write \(path) with: **/.env")
                ]
            }
        }
        return []
    }

    static func installWithoutLock(_ file: CheckedDockerfile) -> [Violation] {
        guard file.repository.isWhole else { return [] }
        let hasLock = contexts(file).prefix(2).contains { file.repository.tree.contains(join($0, "package-lock.json")) }
        guard hasLock else { return [] }
        return file.steps("RUN").compactMap { step in
            let isPlain = step.program?.commands.contains { $0.name == "npm" && $0.arguments == ["install"] } ?? false
            guard isPlain else { return nil }
            let lines = step.instruction.text.split(whereSeparator: \.isNewline).map(String.init)
            let isSimple = lines.count == 1 && lines[0] == "RUN npm install"
            let fix =
                isSimple
                ? Fix("Write npm ci", line: step.line, count: 1, replacement: ["RUN npm ci"], isUnsafe: true) : nil
            return Violation(line: step.line, "the lock file may be ignored; write: npm ci", fix: fix)
        }
    }

    /// Whether the Dockerfile is an example that people take into a project of their own: no file says its context,
    /// nothing but deployment files stands beside it, and nothing that it names exists.
    static func isForElsewhere(_ file: CheckedDockerfile, _ contexts: [String]) -> Bool {
        let tree = file.repository.tree
        let folder = SourceTree.Entry(path: file.location).directory
        guard statedContexts(file).isEmpty, folder != "." else { return false }
        let hasSources = tree.files(under: folder).contains { entry in
            FileFormat(path: entry.path) == nil && !entry.name.hasSuffix(".md") && !entry.name.hasSuffix("Caddyfile")
        }
        guard !hasSources else { return false }
        return !sources(file).contains { _, source in
            isSourceFile(source) && contexts.contains { exists(join($0, source), file) }
        }
    }

    /// Sources that no likely context holds and that no build leaves behind.
    static func missing(_ file: CheckedDockerfile) -> [Violation] {
        guard file.repository.isWhole else { return [] }
        let contexts = contexts(file)
        guard !isForElsewhere(file, contexts) else { return [] }
        return sources(file).compactMap { step, source in
            guard isSourceFile(source), !contexts.contains(where: { exists(join($0, source), file) }) else {
                return nil
            }
            return Violation(line: step.line, "there is no \(source) in the repository; the build stops here")
        }
    }

    static func ignored(_ file: CheckedDockerfile) -> [Violation] {
        guard file.repository.isWhole else { return [] }
        // The context that holds most of what is copied is the one.
        let all = sources(file)
        let tree = file.repository.tree
        let ranked = contexts(file).map { context in
            (context: context, count: all.count { tree.contains(join(context, $0.1)) })
        }
        guard let best = ranked.max(by: { $0.count < $1.count }), best.count > 0 || !wholeCopies(file).isEmpty,
            let path = ignoreFile(file, context: best.context), let text = tree.text(path)
        else { return [] }
        let ignore = DockerIgnore(parsing: text)
        let everything = wholeCopies(file).filter { _ in isEmpty(best.context, ignore, tree) }.map { step in
            Violation(line: step.line, "\(path) leaves nothing to copy; write there what is needed: !src")
        }
        return everything
            + all.compactMap { step, source in
                guard tree.contains(join(best.context, source)),
                    let rule = ignore.decidingRule(for: GoPath.clean(source)),
                    !rule.isException
                else { return nil }
                return Violation(
                    line: step.line,
                    "\(path):\(rule.position.line) keeps \(source) out of the build; write there: !\(GoPath.clean(source))"
                )
            }
    }

    static func wholeCopies(_ file: CheckedDockerfile) -> [DockerfileStep] {
        file.steps("COPY", "ADD").filter { step in
            step.instruction.flag("from") == nil
                && step.instruction.arguments.dropLast().contains { [".", "./"].contains($0) }
        }
    }

    /// Whether nothing of the folder enters the build.
    private static func isEmpty(_ context: String, _ ignore: DockerIgnore, _ tree: SourceTree) -> Bool {
        guard ignore.rules.contains(where: { ["*", "**"].contains($0.pattern) && !$0.isException }) else {
            return false
        }
        var matcher = DockerIgnoreMatcher(ignore)
        let prefix = context == "." ? "" : context + "/"
        return !tree.entries.contains { entry in
            entry.path.hasPrefix(prefix)
                && matcher.decidingRule(for: String(entry.path.dropFirst(prefix.count))).map(\.isException) ?? true
        }
    }

    private static func sources(_ file: CheckedDockerfile) -> [(DockerfileStep, String)] {
        file.steps("COPY", "ADD").flatMap { step -> [(DockerfileStep, String)] in
            guard step.instruction.flag("from") == nil, step.instruction.flag("parents") == nil,
                step.instruction.heredocs.isEmpty
            else { return [] }
            return step.instruction.arguments.dropLast().compactMap { argument in
                var source = argument.filter { $0 != "\"" && $0 != "'" }
                while source.hasPrefix("/") || source.hasPrefix("./") {
                    source = String(source.dropFirst(source.hasPrefix("/") ? 1 : 2))
                }
                guard !source.isEmpty, !source.contains(where: { "*?[$:\\<".contains($0) }), !source.hasPrefix("..")
                else { return nil }
                return (step, source)
            }
        }
    }

    private static func exists(_ path: String, _ file: CheckedDockerfile) -> Bool {
        file.repository.tree.contains(path) || file.repository.tree.hasDirectory(path)
    }

    /// A name that people write, not one that a build makes.
    private static func isSourceFile(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let folders = path.split(separator: "/").dropLast()
        let built = [
            "dist", "build", "target", "out", "bin", "node_modules", ".next", "vendor", "publish", "tmp", "artifacts",
        ]
        guard !folders.contains(where: { built.contains(String($0)) }) else { return false }
        let known: Set<String> = [
            "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "requirements.txt", "pyproject.toml",
            "poetry.lock", "uv.lock", "Pipfile", "Pipfile.lock", "go.mod", "go.sum", "Cargo.toml", "Cargo.lock",
            "Gemfile",
            "Gemfile.lock", "composer.json", "composer.lock", "nginx.conf", "Package.swift", "pom.xml", "build.gradle",
        ]
        return known.contains(name) || [".py", ".ini", ".sh", ".ts", ".mjs", ".cjs"].contains(where: name.hasSuffix)
    }
}
