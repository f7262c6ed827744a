// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Go modules: every main package that serves or works, and not the tools beside them.
struct GoDetector: Detector {
    let name = "go"
    let account = DetectorAccount(
        recognises:
            "Every main package of a module that listens or works, and the migrations of goose, golang-migrate, dbmate and sql-migrate, or the program that runs them.",
        reads: [
            "go.mod", "calls that listen, flags, struct tags and constants for the port",
            "configuration files and environment templates that the code reads", "routes with their groups",
        ],
        confidence: "90 % where the package itself listens, 70 % where its module does")

    func detect(in repository: Repository) -> [Evidence] {
        let modules = repository.tree.files(named: "go.mod").map(\.directory)
        return modules.flatMap { directory -> [Evidence] in
            let nested = modules.filter { $0 != directory && $0.relative(to: directory) != nil }
            guard let module = GoModule(repository.tree, directory: directory, nested: nested) else { return [] }
            return evidence(of: module, repository)
        }
    }

    private func evidence(of module: GoModule, _ repository: Repository) -> [Evidence] {
        let programs = module.programs
        let serving = programs.filter {
            $0.role(among: programs.count, moduleListens: module.listens, module: module.name) != nil
        }
        guard !serving.isEmpty else { return [] }
        let all = Subject(module.directory, nil)
        var result: [Evidence] = [
            .claim(
                .language("go"), for: all, file: module.file, line: 1, why: "Go module", confidence: Confidence.code),
            .claim(
                .packageManager("go"), for: all, file: module.file, why: "Go module", confidence: Confidence.code),
            .claim(
                .install("go mod download"), for: all, file: module.file, why: "Go module",
                confidence: Confidence.dependency),
        ]
        if let (version, line) = module.version {
            result.append(
                .claim(
                    .languageVersion(version), for: all, file: module.file, line: line, why: "go \(version)",
                    confidence: Confidence.stated))
        }
        if let framework = module.framework {
            result.append(
                .claim(
                    .framework(framework.name), for: all, file: module.file, line: framework.line,
                    why: "requires \(framework.module)", confidence: Confidence.dependency))
        }
        result += module.resources.map { kind, line, path in
            .claim(
                .needs(kind), for: all, file: module.file, line: line, why: "requires \(path)",
                confidence: Confidence.dependency)
        }
        if let found = GoMigrations.find(in: module, repository) {
            result.append(
                .claim(
                    .release(found.command), for: all, file: found.file, why: found.why, confidence: Confidence.code))
        }
        let webs = serving.filter {
            $0.role(among: programs.count, moduleListens: module.listens, module: module.name) == .backend
        }
        for program in serving {
            result += evidence(of: program, in: module, isOnlyWeb: webs.count == 1, repository.tree)
        }
        return result
    }

    private func evidence(
        of program: GoProgram, in module: GoModule, isOnlyWeb: Bool, _ tree: SourceTree
    ) -> [Evidence] {
        guard let role = program.role(among: module.programs.count, moduleListens: module.listens, module: module.name)
        else { return [] }
        let subject = Subject(module.directory, role == .backend && isOnlyWeb ? Subject.web : program.name)
        let package = program.directory.relative(to: module.directory) ?? "."
        let target = package == "." ? "." : "./\(package)"
        let why = "package main"
        func claim(_ claim: Claim, _ confidence: Double) -> Evidence {
            .claim(claim, for: subject, file: program.file, line: program.line, why: why, confidence: confidence)
        }
        var result = [
            claim(.role(role), program.listens ? Confidence.code : Confidence.dependency),
            claim(.build("go build -o bin/\(program.name) \(target)"), Confidence.code),
        ]
        let port = role == .backend ? module.port(for: program) : nil
        var start = StartCommand("./bin/\(program.name)\(module.serveCommand(of: program))")
        start.portVariable = role == .backend ? port?.variable : nil
        result.append(claim(.start(start), Confidence.code))
        if let port, port.isBorrowed, let variable = port.variable,
            let given = module.configuredPort(variable, tree)
        {
            result.append(
                .claim(
                    .port(given.number), for: subject, file: given.file, line: given.line,
                    why: "\(variable) is given so", confidence: Confidence.toolFile))
        } else if let port, let number = port.number {
            result.append(
                .claim(
                    .port(number), for: subject, file: port.line.file, line: port.line.number,
                    why: String(port.line.text.prefix(80)), confidence: Confidence.code))
        } else if role == .backend, let found = module.configuredPort(port?.variable, tree) {
            result.append(
                .claim(
                    .port(found.number), for: subject, file: found.file, line: found.line,
                    why: "configuration that the code reads", confidence: Confidence.toolFile))
        }
        guard role == .backend else { return result }
        result += module.paths.map { path, line in
            .claim(
                .path(path), for: subject, file: line.file, line: line.number, why: "route",
                confidence: Confidence.code)
        }
        if let health = HealthPath.best(module.paths.map(\.0)),
            let line = module.paths.first(where: { $0.0 == health })?.1
        {
            result.append(
                .claim(
                    .healthPath(health), for: subject, file: line.file, line: line.number, why: "route",
                    confidence: Confidence.code))
        }
        return result
    }
}
