// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Go modules: every main package that serves or works, and not the tools beside them.
struct GoDetector: Detector {
    let name = "go"
    let account = DetectorAccount(
        recognises:
            "Every main package of a module that listens or works, and the migrations of goose, golang-migrate, dbmate and sql-migrate, or the program that runs them.",
        reads: [
            "go.mod, or the imports where there is none",
            "which programs images and workflows build",
            "calls that listen, flags, struct tags and constants for the port",
            "configuration files and environment templates that the code reads", "routes with their groups",
        ],
        confidence: "90 % where the package itself listens, 70 % where its module does")

    func detect(in repository: Repository) -> [Evidence] {
        let (modules, others) = repository.goRoots
        func nested(in directory: String) -> [String] {
            modules.filter { $0 != directory && $0.relative(to: directory) != nil }
        }
        let found =
            modules.map { GoModule(repository.tree, directory: $0, nested: nested(in: $0)) }
            + others.map { GoModule(repository.tree, withoutManifest: $0, nested: nested(in: $0)) }
        let codeBases = found.compactMap(\.self)
        return codeBases.flatMap { evidence(of: $0, among: codeBases, repository) }
    }

    private func evidence(
        of module: GoModule, among codeBases: [GoModule], _ repository: Repository
    ) -> [Evidence] {
        let roles = GoRoles.roles(of: module, repository)
        let serving = module.programs.filter { roles[$0.directory] != nil }
        guard !serving.isEmpty else { return [] }
        let all = Subject(module.directory, nil)
        let why = module.hasManifest ? "Go module" : "Go program without go.mod"
        var result: [Evidence] = [
            .claim(
                .language("go"), for: all, file: module.file, line: 1, why: why, confidence: Confidence.code),
            .claim(
                .packageManager("go"), for: all, file: module.file, why: why, confidence: Confidence.code),
            .claim(
                .install(module.install), for: all, file: module.file, why: why,
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
                    .framework(framework.name), for: all, file: framework.requirement.file,
                    line: framework.requirement.line,
                    why: "requires \(framework.module)", confidence: Confidence.dependency))
        }
        result += module.resources.map { kind, requirement, driver in
            .claim(
                .needs(kind), for: all, file: requirement.file, line: requirement.line, why: "requires \(driver)",
                confidence: Confidence.dependency)
        }
        if let found = GoMigrations.find(in: module, repository) {
            result.append(
                .claim(
                    .release(found.command), for: all, file: found.file, why: found.why, confidence: Confidence.code))
        }
        let webs = serving.filter { roles[$0.directory] == .backend }
        for program in serving {
            guard let role = roles[program.directory] else { continue }
            let port = role == .backend ? module.port(for: program) ?? module.port(among: codeBases) : nil
            result += evidence(of: program, role, port, in: module, isOnlyWeb: webs.count == 1, repository.tree)
        }
        return result
    }

    private func evidence(
        of program: GoProgram, _ role: Role, _ port: GoListening.Port?, in module: GoModule, isOnlyWeb: Bool,
        _ tree: SourceTree
    ) -> [Evidence] {
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
