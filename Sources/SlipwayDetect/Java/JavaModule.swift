// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One Maven or Gradle module that holds an application class.
struct JavaModule {
    enum Tool: String { case maven, gradle }

    let directory: String
    let tool: Tool
    /// Path of pom.xml or build.gradle(.kts).
    let file: String
    private let text: String

    /// The nearest module above a source file.
    init?(_ tree: SourceTree, above source: String) {
        for folder in PathText.ancestors(of: source.parentDirectory) {
            var builds = [("pom.xml", Tool.maven), ("build.gradle", .gradle), ("build.gradle.kts", .gradle)]
            // Of two the one whose wrapper is there is the one that is used.
            if !Self.hasWrapper("mvnw", around: folder, tree), Self.hasWrapper("gradlew", around: folder, tree),
                !Self.needsAndroid(tree)
            {
                builds = Array(builds[1...]) + [builds[0]]
            }
            for (name, tool) in builds {
                let file = folder.appending(path: name)
                guard let text = tree.text(file) else { continue }
                self.directory = folder
                self.tool = tool
                self.file = file
                self.text = text
                return
            }
        }
        return nil
    }

    /// A build with an application for Android in it is configured nowhere but beside Android's tools.
    private static func needsAndroid(_ tree: SourceTree) -> Bool {
        (tree.files(named: "build.gradle") + tree.files(named: "build.gradle.kts")).contains { entry in
            tree.text(entry.path).map { $0.contains("com.android.application") || $0.contains("android.application)") }
                == true
        }
    }

    private static func hasWrapper(_ name: String, around folder: String, _ tree: SourceTree) -> Bool {
        PathText.ancestors(of: folder).contains { tree.contains($0.appending(path: name)) }
    }

    /// The line on which a word of the build file stands.
    func line(of needle: String) -> Int? {
        guard let range = text[...].range(ofText: needle) else { return nil }
        return text[..<range.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
    }
    func has(_ needle: String) -> Bool { text.utf8.contains(needle) }

    /// The Java version, where the build file states it.
    var javaVersion: (String, Int)? {
        let marks = [
            "<java.version>", "<maven.compiler.release>", "<maven.compiler.source>", "JavaLanguageVersion.of(",
            "sourceCompatibility = JavaVersion.VERSION_", "sourceCompatibility = '", "sourceCompatibility = \"",
            "sourceCompatibility = ", "jvmToolchain(",
        ]
        for mark in marks {
            guard let range = text[...].range(ofText: mark) else { continue }
            let version = text[range.upperBound...].prefix { $0.isNumber || $0 == "." || $0 == "_" }
            guard !version.isEmpty, let line = line(of: mark) else { continue }
            let plain = version.hasPrefix("1.") || version.hasPrefix("1_") ? version.dropFirst(2) : version
            return (String(plain), line)
        }
        return nil
    }

    /// What the framework's own classes were compiled for (docs.spring.io/spring-boot, system requirements); `nil` where
    /// any version will do.
    var leastJava: Int? {
        for mark in [
            "spring-boot-starter-parent</artifactId>", "id 'org.springframework.boot' version '",
            "id(\"org.springframework.boot\") version \"", "id(\"org.springframework.boot\").version(\"",
        ] {
            guard let range = text[...].range(ofText: mark) else { continue }
            let version = text[range.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }
            if let major = Int(version), major >= 3 { return 17 }
        }
        return nil
    }

    /// Shell text for the jar that the build leaves.
    func jar(in tree: SourceTree) -> String {
        switch tool {
        case .maven:
            if let name = Self.element("finalName", in: Self.without("profiles", text)[...]), !name.contains("${") {
                return "target/\(name).jar"
            }
            let own = ownText
            guard let artifact = Self.element("artifactId", in: own) else { return "target/*.jar" }
            guard let version = Self.element("version", in: own), !version.contains("${") else {
                return "target/\(artifact)-*.jar"
            }
            return "target/\(artifact)-\(version).jar"
        case .gradle:
            // Besides the runnable archive, Spring's plugin leaves one that ends in -plain.jar.
            let name = rootName(in: tree) ?? directory.lastPathComponent
            guard let range = text[...].range(ofText: "\nversion") else { return "build/libs/\(name).jar" }
            let rest = text[range.upperBound...].drop { $0 == " " || $0 == "=" }
            guard let version = CodeLine.leadingLiteral(rest) else { return "build/libs/\(name)*.jar" }
            return "build/libs/\(name)-\(version).jar"
        }
    }

    /// The command that builds without tests, through the wrapper when the repository brings one.
    ///
    /// A module of a larger build is built from there, with the modules that it needs.
    func build(in tree: SourceTree) -> String {
        if let root = buildRoot(in: tree), let inner = directory.relative(to: root) {
            let up = inner.split(separator: "/").map { _ in ".." }.joined(separator: "/")
            switch tool {
            case .maven:
                let program = tree.contains(root.appending(path: "mvnw")) ? "./mvnw" : "mvn"
                return "cd \(up) && \(program) -B -DskipTests -pl \(inner) -am package"
            case .gradle:
                let program = tree.contains(root.appending(path: "gradlew")) ? "./gradlew" : "gradle"
                let task = isSpringBoot(in: tree) ? "bootJar" : "assemble"
                return "cd \(up) && \(program) --no-daemon :\(inner.replacing("/", with: ":")):\(task)"
            }
        }
        let wrapper = tool == .maven ? "mvnw" : "gradlew"
        let hasWrapper = tree.contains(directory.appending(path: wrapper))
        switch tool {
        case .maven: return "\(hasWrapper ? "./mvnw" : "mvn") -B -DskipTests package"
        case .gradle:
            return
                "\(hasWrapper ? "./gradlew" : "gradle") --no-daemon \(isSpringBoot(in: tree) ? "bootJar" : "build -x test")"
        }
    }

    /// Gradle's plugin, by its identifier or through a version catalog.
    private func isSpringBoot(in tree: SourceTree) -> Bool {
        has("org.springframework.boot") || has("spring.boot") || has("springBoot")
            || buildRoot(in: tree).map { root in
                ["build.gradle", "build.gradle.kts"].contains {
                    tree.text(root.appending(path: $0))?.contains("org.springframework.boot") == true
                }
            } ?? false
    }

    /// The folder above whose build lists this module.
    private func buildRoot(in tree: SourceTree) -> String? {
        PathText.ancestors(of: directory).dropFirst().first { folder in
            let inner = directory.relative(to: folder) ?? directory
            switch tool {
            case .maven:
                return tree.text(folder.appending(path: "pom.xml"))?.contains("<module>\(inner)</module>") == true
            case .gradle:
                return ["settings.gradle", "settings.gradle.kts"].contains { name in
                    let text = tree.text(folder.appending(path: name)) ?? ""
                    return text.contains("\(inner)\"") || text.contains("\(inner)'")
                        || text.contains(":\(inner.replacing("/", with: ":"))")
                }
            }
        }
    }

    private func rootName(in tree: SourceTree) -> String? {
        for name in ["settings.gradle", "settings.gradle.kts"] {
            guard let text = tree.text(directory.appending(path: name)),
                let range = text[...].range(ofText: "rootProject.name")
            else { continue }
            return CodeLine.leadingLiteral(text[range.upperBound...].drop { $0 == " " || $0 == "=" })
        }
        return nil
    }

    /// The POM without its parent, whose names come first.
    /// The project's own name and version: without those of its parent, its dependencies and its plugins.
    private var ownText: Substring {
        ["parent", "dependencyManagement", "dependencies", "build", "profiles", "reporting"].reduce(text) {
            Self.without($1, $0)
        }[...]
    }

    /// A text without the first element of a name, which is not found inside another.
    private static func without(_ name: String, _ text: String) -> String {
        guard let start = text[...].range(ofText: "<\(name)>"),
            let end = text[start.upperBound...].range(ofText: "</\(name)>")
        else { return text }
        return String(text[..<start.lowerBound] + text[end.upperBound...])
    }

    private func element(_ name: String) -> String? { Self.element(name, in: text[...]) }

    private static func element(_ name: String, in text: Substring) -> String? {
        guard let start = text.range(ofText: "<\(name)>") else { return nil }
        let rest = text[start.upperBound...]
        guard let end = rest.range(ofText: "</\(name)>") else { return nil }
        return String(rest[..<end.lowerBound])
    }
}
