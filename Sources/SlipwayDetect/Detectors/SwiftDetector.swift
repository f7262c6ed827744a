// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Swift packages: Hummingbird, Vapor and bare SwiftNIO servers among their executable products.
struct SwiftDetector: Detector {
    let name = "swift"
    let account = DetectorAccount(
        recognises:
            "Vapor, Hummingbird and SwiftNIO servers among a package's executables, and Fluent's migrations.",
        reads: ["Package.swift", "port, variables and routes in the sources"],
        confidence: "90 % from code, 60 % for the release command")

    /// Products whose users answer HTTP, with the framework's name and its usual port.
    private static let frameworks: [(product: String, name: String, port: UInt16)] = [
        ("Vapor", "vapor", 8080), ("Hummingbird", "hummingbird", 8080), ("NIOHTTP1", "swift-nio", 8080),
        ("FlyingFox", "flyingfox", 8080), ("Swifter", "swifter", 8080), ("Kitura", "kitura", 8080),
    ]
    private static let drivers: [String: Resource.Kind] = [
        "PostgresNIO": .postgres, "FluentPostgresDriver": .postgres, "PostgresKit": .postgres,
        "HummingbirdPostgres": .postgres,
        "FluentMySQLDriver": .mysql, "MySQLNIO": .mysql, "FluentMongoDriver": .mongodb, "MongoKitten": .mongodb,
        "RediStack": .redis, "Redis": .redis, "QueuesRedisDriver": .redis, "HummingbirdRedis": .redis,
        "Valkey": .valkey, "FluentSQLiteDriver": .sqlite, "SQLiteNIO": .sqlite, "MongoSwift": .mongodb,
        "MongoDBVapor": .mongodb, "JobsRedis": .redis, "HummingbirdJobsRedis": .redis, "JobsPostgres": .postgres,
        "SotoS3": .s3, "AWSS3": .s3,
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.tree.files(named: "Package.swift").flatMap { entry -> [Evidence] in
            guard let package = SwiftPackage(entry.path, in: repository.tree) else { return [] }
            let servers = package.programs.filter { program in
                Self.frameworks.contains { program.dependencies.contains($0.product) }
            }
            return servers.flatMap { program in
                evidence(program, package, isOnly: servers.count == 1, repository.tree)
            }
        }
    }

    private func evidence(_ program: SwiftPackage.Program, _ package: SwiftPackage, isOnly: Bool, _ tree: SourceTree)
        -> [Evidence]
    {
        guard let framework = Self.frameworks.first(where: { program.dependencies.contains($0.product) }) else {
            return []
        }
        let subject = Subject(package.directory, isOnly ? Subject.web : program.name.lowercased())
        let listening = SwiftListening(folder: package.directory.appending(path: "Sources"), in: tree)
        func claim(_ claim: Claim, _ why: String, _ confidence: Double, file: String? = nil, line: Int? = nil)
            -> Evidence
        {
            .claim(
                claim, for: subject, file: file ?? package.path, line: file == nil ? program.line : line, why: why,
                confidence: confidence)
        }
        var found = [
            claim(.role(.backend), "executable that depends on \(framework.product)", Confidence.code),
            claim(.language("swift"), "Swift package", Confidence.code),
            claim(.framework(framework.name), "depends on \(framework.product)", Confidence.code),
            claim(.packageManager("swiftpm"), "Package.swift", Confidence.code),
            claim(.build("swift build -c release --product \(program.name)"), "executable product", Confidence.code),
            claim(
                .start(start(program, framework.name, listening)), "executable product \(program.name)", Confidence.code
            ),
            claim(.port(framework.port), "\(framework.name)'s usual port", Confidence.convention),
        ]
        if let port = listening.port {
            found.append(
                claim(.port(port), "port in the code", Confidence.code, file: listening.file, line: listening.line))
        }
        if let version = package.toolsVersion {
            found.append(
                claim(
                    .languageVersion(version), "swift-tools-version", Confidence.dependency, file: package.path, line: 1
                ))
        }
        for (version, file, line, strength) in PathText.ancestors(of: package.directory).flatMap({
            VersionFiles.swift(in: $0, tree)
        }) {
            found.append(claim(.languageVersion(version), file.lastPathComponent, strength, file: file, line: line))
        }
        var uploads: [Evidence] = []
        for found in SwiftUploads.folders(below: package.directory.appending(path: "Sources"), in: tree) {
            uploads.append(
                claim(
                    .writableDirectory(found.folder), "files are written there", Confidence.dependency,
                    file: found.file,
                    line: found.line))
        }
        found += uploads
        for route in listening.paths {
            found.append(claim(.path(route.path), "route", Confidence.code, file: route.file, line: route.line))
        }
        let healthy = listening.paths.compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }.min {
            $0.1 < $1.1
        }
        if let (route, _) = healthy {
            found.append(
                claim(.healthPath(route.path), "health route", Confidence.code, file: route.file, line: route.line))
        }
        for (product, kind) in Self.drivers.sorted(by: { $0.key < $1.key }) where program.dependencies.contains(product)
        {
            found.append(claim(.needs(kind), "depends on \(product)", Confidence.dependency))
        }
        if program.dependencies.contains("Fluent") || program.dependencies.contains("FluentKit"),
            framework.name == "vapor", !migratesItself(package, tree)
        {
            found.append(claim(.release(".build/release/\(program.name) migrate --yes"), "Fluent's migrations", 0.6))
        }
        return found
    }

    /// Whether the program brings the schema up to date when it starts.
    private func migratesItself(_ package: SwiftPackage, _ tree: SourceTree) -> Bool {
        tree.files(under: package.directory.appending(path: "Sources")).contains { entry in
            entry.path.utf8.suffix(6).elementsEqual(".swift".utf8)
                && tree.text(entry.path)?.contains("autoMigrate(") == true
        }
    }

    private func start(_ program: SwiftPackage.Program, _ framework: String, _ listening: SwiftListening)
        -> StartCommand
    {
        let path = ".build/release/\(program.name)"
        if framework == "vapor" {
            // Vapor's own command takes both (docs.vapor.codes, Server); without them it binds to loopback.
            return StartCommand(
                "\(path) serve --env production --hostname ${HOST:-0.0.0.0} --port ${PORT:-8080}",
                port: listening.port, portVariable: "PORT", hostVariable: "HOST")
        }
        return StartCommand(
            path, port: listening.port, portVariable: listening.portVariable, hostVariable: listening.hostVariable)
    }
}
