// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Cargo packages and workspaces: binaries that serve, by the web framework they depend on.
struct RustDetector: Detector {
    let name = "rust"
    let account = DetectorAccount(
        recognises:
            "Binaries that serve with axum, Actix, Rocket, warp, Poem and others, in workspaces too; workers by their library and name, and Diesel's, sqlx's and SeaORM's migrations.",
        reads: [
            "Cargo.toml, the workspace's too", "addresses that the code binds, clap's defaults",
            "Rocket.toml and other configuration that the code reads", "routes", "migration folders",
        ],
        confidence: "70 to 90 %")

    private static let frameworks = [
        "axum", "actix-web", "rocket", "warp", "poem", "salvo", "tide", "loco-rs", "hyper", "tonic", "leptos",
    ]
    static let resources: [(dependency: String, kind: Resource.Kind)] = [
        ("tokio-postgres", .postgres), ("deadpool-postgres", .postgres), ("postgres", .postgres),
        ("diesel-async", .postgres), ("mysql_async", .mysql), ("mysql", .mysql), ("rusqlite", .sqlite),
        ("mongodb", .mongodb), ("redis", .redis), ("deadpool-redis", .redis), ("fred", .redis), ("lapin", .rabbitmq),
        ("aws-sdk-s3", .s3), ("elasticsearch", .elasticsearch),
    ]

    private static let serverCalls = [
        "Server::", "serve_connection", "TcpListener", "service_fn", "make_service", "axum::serve", "add_service",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let packages = repository.tree.files(named: "Cargo.toml").compactMap {
            CargoPackage(repository.tree, manifest: $0.path)
        }
        let directories = packages.map(\.directory)
        return packages.flatMap { package -> [Evidence] in
            let nested = directories.filter { $0 != package.directory && $0.relative(to: package.directory) != nil }
            let code = CodeBase(repository.tree, directory: package.directory, extensions: ["rs"], nested: nested)
            return evidence(of: package, packages, code, in: repository.tree)
        }
    }

    private func evidence(
        of package: CargoPackage, _ packages: [CargoPackage], _ code: CodeBase, in tree: SourceTree
    ) -> [Evidence] {
        let framework = Self.frameworks.lazy.compactMap { name in package.dependency(name).map { (name, $0) } }.first
        if framework == nil, let worker = RustWorker(package, in: tree) { return worker.evidence(packages, tree) }
        guard let binary = package.binaries(in: tree).first, let (framework, line) = framework,
            // Hyper and tonic are clients as well.
            !["hyper", "tonic"].contains(framework) || Self.serverCalls.contains(where: { code.contains($0) }),
            !package.isMigration
        else { return [] }
        // A workspace's lock file stands at its root, and so does the build.
        let root = package.workspaceRoot(in: tree)
        let isMember = root != package.directory
        var say = Testimony(Subject(isMember ? root : package.directory, isMember ? package.name : Subject.web))
        let file = package.manifest
        say.say(.role(.backend), file: file, line: line, "depends on \(framework)", Confidence.dependency)
        if isMember { say.say(.name(package.name), file: file, "package name", Confidence.convention) }
        say.say(.language("rust"), file: file, "Cargo package")
        say.say(.framework(framework), file: file, line: line, "depends on \(framework)")
        say.say(.packageManager("cargo"), file: file, "Cargo package")
        let locked = tree.contains(root.appending(path: "Cargo.lock")) ? " --locked" : ""
        let selection = isMember ? " --package \(package.name)" : ""
        say.say(.build("cargo build --release\(locked)\(selection)"), file: file, "Cargo package")
        if let (version, line) = package.rustVersion(in: tree) {
            say.say(.languageVersion(version), file: line.file, line: line.number, "Rust version", Confidence.stated)
        }
        let listening = Listening(package, framework, root, code, tree)
        say.say(
            .start(StartCommand("./target/release/\(binary)", portVariable: listening.variable)), file: file,
            "binary target")
        if let port = listening.port {
            say.say(
                .port(port.number), file: port.file, line: port.line, listening.why,
                listening.isDefault ? Confidence.convention : Confidence.code)
        }
        say.say(paths: RustListening.paths(in: code))
        let all = package.withLocalPackages(packages)
        for each in all {
            say.say(resources: Self.resources, among: each.dependencies, file: each.manifest)
            for (kind, feature) in [(Resource.Kind.postgres, "postgres"), (.mysql, "mysql"), (.sqlite, "sqlite")]
            where each.hasFeature(feature, of: ["sqlx", "diesel", "sea-orm"], root, tree) {
                say.say(.needs(kind), file: each.manifest, "database feature \(feature)", Confidence.dependency)
            }
            if each.hasFeature("redis", of: ["actix-session", "axum-session", "apalis", "deadpool"], root, tree) {
                say.say(.needs(.redis), file: each.manifest, "feature redis", Confidence.dependency)
            }
        }
        if let migrations = RustMigrations.find(of: package, all, packages, root, code, tree) {
            say.say(.release(migrations.command), file: migrations.file, migrations.why, Confidence.dependency)
        }
        return say.evidence
    }

    /// Where the program listens: its code, Rocket's own files, then configuration that it reads.
    private struct Listening {
        var port: (number: UInt16, file: String, line: Int?)?
        var variable: String?
        var why = "address that the code binds"
        var isDefault = false

        init(_ package: CargoPackage, _ framework: String, _ root: String, _ code: CodeBase, _ tree: SourceTree) {
            let found = RustListening.port(in: code)
            if framework == "rocket" {
                let sets = code.contains("(\"port\"") || code.contains("port:") || code.contains(".port(")
                if sets, let found {
                    variable = found.variable
                    port = found.number.map { ($0, found.line.file, found.line.number) }
                } else {
                    variable = "ROCKET_PORT"
                }
                guard port == nil else { return }
                let file = package.directory.appending(path: "Rocket.toml")
                let settings = tree.text(file).flatMap { TOMLDocument(parsing: $0).root }
                let stated = ["release", "production", "default", "global"].lazy.compactMap { settings?[$0]?["port"] }
                if let node = stated.first, let number = node.int.flatMap({ UInt16(exactly: $0) }) {
                    (port, why) = ((number, file, node.line), "Rocket's configuration")
                } else {
                    // https://rocket.rs/guide/v0.5/configuration/
                    (port, why, isDefault) = ((8000, package.manifest, nil), "Rocket's default", true)
                }
                return
            }
            variable = found?.variable
            if let found, let number = found.number {
                port = (number, found.line.file, found.line.number)
                return
            }
            let reads = ["config", "figment", "twelf"].contains { package.dependency($0) != nil }
            func isRead(_ name: String) -> Bool { reads || code.contains("\"\(name)") || code.contains("/\(name)") }
            // A package's own folder before the workspace's.
            for folder in Set([package.directory, root]).sorted().reversed() {
                guard
                    let stated = ConfiguredPort.given(found?.variable, in: [folder], tree, isRead: isRead)
                        ?? ConfiguredPort.find(in: folder, tree, isRead: isRead)
                else { continue }
                (port, why) = ((stated.number, stated.file, stated.line), "configuration that the code reads")
                return
            }
        }
    }
}
