// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Cargo packages and workspaces: binaries that serve, by the web framework they depend on.
struct RustDetector: Detector {
    let name = "rust"
    let account = DetectorAccount(
        recognises:
            "Binaries that serve with axum, Actix, Rocket, warp, Poem and others, in workspaces too, and Diesel's and sqlx's migrations.",
        reads: ["Cargo.toml", "addresses that the code binds", "routes", "migration folders"],
        confidence: "70 to 90 %")

    private static let frameworks = [
        "axum", "actix-web", "rocket", "warp", "poem", "salvo", "tide", "loco-rs", "hyper", "tonic", "leptos",
    ]
    private static let resources: [(dependency: String, kind: Resource.Kind)] = [
        ("tokio-postgres", .postgres), ("deadpool-postgres", .postgres), ("postgres", .postgres),
        ("diesel-async", .postgres), ("mysql_async", .mysql), ("mysql", .mysql), ("rusqlite", .sqlite),
        ("mongodb", .mongodb), ("redis", .redis), ("deadpool-redis", .redis), ("fred", .redis), ("lapin", .rabbitmq),
        ("aws-sdk-s3", .s3), ("elasticsearch", .elasticsearch),
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let packages = repository.tree.files(named: "Cargo.toml").compactMap {
            CargoPackage(repository.tree, manifest: $0.path)
        }
        let directories = packages.map(\.directory)
        return packages.flatMap { package -> [Evidence] in
            let nested = directories.filter { $0 != package.directory && $0.relative(to: package.directory) != nil }
            let code = CodeBase(repository.tree, directory: package.directory, extensions: ["rs"], nested: nested)
            return evidence(of: package, code, in: repository.tree)
        }
    }

    private func evidence(of package: CargoPackage, _ code: CodeBase, in tree: SourceTree) -> [Evidence] {
        let framework = Self.frameworks.lazy.compactMap { name in package.dependency(name).map { (name, $0) } }.first
        guard let binary = package.binaries(in: tree).first, let (framework, line) = framework else { return [] }
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
        let port = RustListening.port(in: code)
        say.say(
            .start(StartCommand("./target/release/\(binary)", portVariable: port?.variable)), file: file,
            "binary target")
        if let port, let number = port.number { say.say(.port(number), at: port.line, "address that the code binds") }
        if port == nil, framework == "rocket" {
            // Rocket's own default: https://rocket.rs/guide/v0.5/configuration/
            say.say(.port(8000), file: file, line: line, "Rocket's default", Confidence.convention)
            say.say(.portVariable("ROCKET_PORT"), file: file, line: line, "Rocket's variable", Confidence.convention)
        }
        say.say(paths: RustListening.paths(in: code))
        say.say(resources: Self.resources, among: package.dependencies, file: file)
        for (kind, feature) in [(Resource.Kind.postgres, "postgres"), (.mysql, "mysql"), (.sqlite, "sqlite")]
        where package.hasFeature(feature, of: ["sqlx", "diesel", "sea-orm"]) {
            say.say(.needs(kind), file: file, "database feature \(feature)", Confidence.dependency)
        }
        if tree.hasDirectory(package.directory.appending(path: "migrations")), package.dependency("diesel") != nil,
            !code.contains("embed_migrations!")
        {
            say.say(.release("diesel migration run"), file: file, "Diesel migrations", Confidence.dependency)
        } else if tree.hasDirectory(package.directory.appending(path: "migrations")), package.dependency("sqlx") != nil,
            !code.contains("migrate!")
        {
            say.say(.release("sqlx migrate run"), file: file, "sqlx migrations", Confidence.dependency)
        }
        return say.evidence
    }
}
