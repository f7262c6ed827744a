// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A binary that takes work from a queue, a clock or a chat instead of a port.
struct RustWorker {
    private let package: CargoPackage
    private let binary: String
    private let library: (name: String, line: Int)

    private static let libraries = [
        "lapin", "rdkafka", "apalis", "teloxide", "serenity", "poise", "tokio-cron-scheduler", "faktory", "async-nats",
        "rumqttc", "twilight-gateway", "fang", "sqlxmq", "redis", "aws-sdk-sqs", "sqlx",
    ]
    /// Enough by themselves; the others also need a name that says it.
    private static let certain: Set<String> = [
        "teloxide", "serenity", "poise", "twilight-gateway", "apalis", "faktory",
    ]
    private static let names: Set<String> = [
        "worker", "workers", "consumer", "scheduler", "cron", "bot", "processor", "indexer", "subscriber", "jobs",
        "queue",
    ]

    init?(_ package: CargoPackage, in tree: SourceTree) {
        let words = package.name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
        let isNamed = words.contains(where: Self.names.contains)
        let found = Self.libraries.lazy.compactMap { name in package.dependency(name).map { (name, $0) } }
            .first { isNamed || Self.certain.contains($0.0) }
        guard let binary = package.binaries(in: tree).first, let found, package.dependency("clap") == nil || isNamed
        else { return nil }
        (self.package, self.binary, library) = (package, binary, found)
    }

    func evidence(_ packages: [CargoPackage], _ tree: SourceTree) -> [Evidence] {
        let root = package.workspaceRoot(in: tree)
        let isMember = root != package.directory
        var say = Testimony(Subject(root, isMember ? package.name : "worker"))
        let file = package.manifest
        say.say(
            .role(.worker), file: file, line: library.line, "no port, depends on \(library.name)", Confidence.dependency
        )
        if isMember { say.say(.name(package.name), file: file, "package name", Confidence.convention) }
        say.say(.language("rust"), file: file, "Cargo package")
        say.say(.packageManager("cargo"), file: file, "Cargo package")
        let locked = tree.contains(root.appending(path: "Cargo.lock")) ? " --locked" : ""
        let selection = isMember ? " --package \(package.name)" : ""
        say.say(.build("cargo build --release\(locked)\(selection)"), file: file, "Cargo package")
        say.say(.start(StartCommand("./target/release/\(binary)")), file: file, "binary target")
        for each in package.withLocalPackages(packages) {
            say.say(resources: RustDetector.resources, among: each.dependencies, file: each.manifest)
        }
        return say.evidence
    }
}
