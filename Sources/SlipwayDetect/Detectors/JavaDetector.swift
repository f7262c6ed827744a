// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Java and Kotlin applications: Spring Boot, Quarkus and Ktor, with Maven or Gradle.
struct JavaDetector: Detector {
    let name = "java"
    let account = DetectorAccount(
        recognises:
            "Spring Boot, Quarkus, Micronaut and Ktor, in Java and Kotlin, built by Maven or Gradle; Spring Boot without a web server is a worker.",
        reads: [
            "the application class", "pom.xml, build.gradle", "application.properties, .yml, .conf",
            "route annotations",
        ],
        confidence: "90 % from the application class")

    private static let drivers: [(String, Resource.Kind)] = [
        ("org.postgresql", .postgres), ("quarkus-jdbc-postgresql", .postgres), ("mysql-connector", .mysql),
        ("quarkus-reactive-pg-client", .postgres), ("quarkus-reactive-mysql-client", .mysql),
        ("quarkus-mongodb", .mongodb), ("quarkus-redis", .redis), ("messaging-rabbitmq", .rabbitmq),
        // Names in a version catalog of Gradle.
        ("libs.postgres", .postgres), ("libs.mysql", .mysql), ("libs.mariadb", .mariadb), ("libs.mongo", .mongodb),
        ("libs.jedis", .redis), ("libs.lettuce", .redis), ("r2dbc-postgresql", .postgres), ("r2dbc-mysql", .mysql),
        ("mongodb-driver", .mongodb), ("redis.clients", .redis), ("lettuce-core", .redis), ("amqp-client", .rabbitmq),
        ("quarkus-jdbc-mysql", .mysql), ("mariadb-java-client", .mariadb), ("data-mongodb", .mongodb),
        ("data-redis", .redis), ("starter-redis", .redis), ("redisson", .redis), ("starter-amqp", .rabbitmq),
        ("data-elasticsearch", .elasticsearch),
        ("sqlite-jdbc", .sqlite),
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        guard
            !(tree.files(named: "pom.xml") + tree.files(named: "build.gradle") + tree.files(named: "build.gradle.kts"))
                .isEmpty
        else { return [] }
        var seen: Set<String> = []
        return ["java", "kt"].flatMap { tree.files(ending: $0) }.flatMap { entry -> [Evidence] in
            guard !entry.path.contains("/test/"), let text = tree.text(entry.path),
                let main = main(in: text), let module = JavaModule(tree, above: entry.path),
                main.framework == "spring-boot" || module.has(main.module), seen.insert(module.directory).inserted
            else { return [] }
            return evidence(of: module, main.framework, entry.path, in: tree)
        }
    }

    /// The framework whose application class this is, and the word in the build file that confirms it.
    private func main(in text: String) -> (framework: String, module: String)? {
        if text.utf8.contains("@SpringBootApplication") { return ("spring-boot", "springframework.boot") }
        if text.utf8.contains("@Path(\"") || text.utf8.contains("@QuarkusMain") { return ("quarkus", "quarkus") }
        if text.utf8.contains("embeddedServer(") || text.utf8.contains("EngineMain") { return ("ktor", "ktor") }
        if text.utf8.contains("Micronaut.run(") || text.utf8.contains("Micronaut.build(") {
            return ("micronaut", "micronaut")
        }
        return nil
    }

    /// Whether a Spring Boot application has a web server in it.
    private func answers(_ module: JavaModule, _ code: CodeBase) -> Bool {
        let starters = [
            "starter-web", "starter-actuator", "starter-graphql", "starter-data-rest", "starter-jersey",
            "starter-websocket", "starter-security", "starter-thymeleaf", "starter-hateoas", "starter-tomcat",
            "starter-jetty", "starter-undertow", "spring-cloud", "springdoc", "vaadin", "starter-rsocket",
        ]
        let marks = [
            "@RestController", "@Controller", "@RequestMapping", "RouterFunction", "@Path(", "HttpServletRequest",
            "@EnableEurekaServer", "@EnableConfigServer", "@MessageMapping",
        ]
        return starters.contains(where: module.has) || marks.contains(where: code.contains)
            || !["starter-batch", "starter-amqp", "spring-kafka", "starter-quartz", "starter-integration"].contains(
                where: module.has)
    }

    private func worker(_ module: JavaModule, _ source: String, _ tree: SourceTree) -> [Evidence] {
        var worker = Testimony(Subject(module.directory, "worker"))
        worker.say(.role(.worker), file: source, "an application without a web server", Confidence.toolFile)
        worker.say(.framework("spring-boot"), file: source, "application class of spring-boot")
        worker.say(.language(source.hasSuffix(".kt") ? "kotlin" : "java"), file: source, "application class")
        worker.say(.packageManager(module.tool.rawValue), file: module.file, "build file")
        worker.say(.build(module.build(in: tree)), file: module.file, "build file")
        worker.say(
            .start(StartCommand("java -jar \(module.jar(in: tree))")), file: module.file, "what the build leaves")
        for (word, kind) in Self.drivers where module.has(word) {
            worker.say(
                .needs(kind), file: module.file, line: module.line(of: word), "depends on \(word)",
                Confidence.dependency)
        }
        return worker.evidence
    }

    /// `setDefaultProperties(Map.of("server.port", "8083"))`, `System.setProperty("server.port", …)`.
    private func property(in code: CodeBase) -> (number: UInt16, variable: String?, file: String, line: Int)? {
        guard code.contains("server.port") else { return nil }
        return code.first { line in
            guard line.text.has("\"server.port\""), let port = line.literals.lazy.compactMap({ UInt16($0) }).first
            else {
                return nil
            }
            return (port, nil, line.file, line.number)
        }
    }

    private func evidence(of module: JavaModule, _ framework: String, _ source: String, in tree: SourceTree)
        -> [Evidence]
    {
        var web = Testimony(Subject(module.directory, Subject.web))
        let code = CodeBase(tree, directory: module.directory, extensions: ["java", "kt"])
        if framework == "spring-boot", !answers(module, code) { return worker(module, source, tree) }
        web.say(.role(.backend), file: source, "application class of \(framework)")
        web.say(.framework(framework), file: source, "application class of \(framework)")
        web.say(.language(source.hasSuffix(".kt") ? "kotlin" : "java"), file: source, "application class")
        web.say(.packageManager(module.tool.rawValue), file: module.file, "build file")
        if let (version, line) = module.javaVersion {
            let least = module.leastJava ?? 0
            let isOld = Int(version).map { $0 < least } ?? false
            web.say(
                .languageVersion(isOld ? String(least) : version), file: module.file, line: line,
                isOld ? "Spring Boot 3 starts on Java 17 at least" : "Java version", Confidence.stated)
        }
        web.say(.build(module.build(in: tree)), file: module.file, "build file")
        let jar =
            framework == "quarkus"
            ? "\(module.tool == .maven ? "target" : "build")/quarkus-app/quarkus-run.jar" : module.jar(in: tree)
        // Relaxed binding: https://docs.spring.io/spring-boot/reference/features/external-config.html
        let variable = [
            "spring-boot": "SERVER_PORT", "quarkus": "QUARKUS_HTTP_PORT", "micronaut": "MICRONAUT_SERVER_PORT",
        ][framework]
        let settings = JavaSettings(tree, directory: module.directory)
        let stated = settings.port ?? (framework == "ktor" ? KtorListening.port(in: code) : property(in: code))
        web.say(
            .start(StartCommand("java -jar \(jar)", portVariable: stated?.variable ?? variable)), file: module.file,
            "what the build leaves")
        if let stated {
            web.say(.port(stated.number), file: stated.file, line: stated.line, "server.port")
        } else {
            web.say(.port(8080), file: module.file, "\(framework)'s default", Confidence.convention)
        }
        let prefix = settings.contextPath ?? ""
        if module.has("spring-boot-starter-actuator") {
            let path = settings.managementPath ?? "/actuator"
            let base = path == "/" ? "" : path
            web.say(
                .healthPath("\(prefix)\(base)/health"), file: module.file,
                line: module.line(of: "spring-boot-starter-actuator"), "Spring Boot Actuator", Confidence.dependency)
        } else if module.has("quarkus-smallrye-health") {
            web.say(
                .healthPath("/q/health"), file: module.file, line: module.line(of: "quarkus-smallrye-health"),
                "SmallRye Health")
        }
        let routes = JavaRoutes.paths(in: code).map { (prefix + $0.0, $0.1) }.filter { $0.0 != "/" }
        if framework == "ktor" { web.say(paths: KtorListening.paths(in: code)) }
        for (path, line) in routes { web.say(.path(path), at: line, "route") }
        var seen: Set<Resource.Kind> = []
        for (word, kind) in Self.drivers where module.has(word) && seen.insert(kind).inserted {
            web.say(
                .needs(kind), file: module.file, line: module.line(of: word), "depends on \(word)",
                Confidence.dependency)
        }
        return web.evidence
    }
}
