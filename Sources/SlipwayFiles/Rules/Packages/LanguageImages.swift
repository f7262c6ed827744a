// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The same for Java, .NET, PHP, Ruby, Rust and Swift that AP181 and AP182 say of Python and Node.
    static let languageVersion = Rule(
        "AP287", .error, "the image's language is not the version that the project asks for",
        why:
            "The compiler refuses the newer version, or the program ends at its start with: unsupported class file, "
            + "framework not found, your Ruby version is.",
        catches: [
            [
                "Dockerfile":
                    "FROM maven:3.9-eclipse-temurin-17 AS build\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:17-jre\n",
                "pom.xml": "<project>\n<properties>\n<java.version>21</java.version>\n</properties>\n</project>\n",
            ],
            [
                "Api/Api.csproj":
                    "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>",
                "Dockerfile":
                    "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nCOPY . .\nRUN dotnet publish\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\n",
            ],
            [
                "Dockerfile": "FROM php:8.1-fpm\nCOPY . .\nRUN composer install\n",
                "composer.json": "{\"require\":{\"php\":\"^8.2\"}}",
            ],
            ["Dockerfile": "FROM ruby:3.1\nRUN bundle install\n", "Gemfile": "ruby \"3.2.2\"\ngem \"rails\"\n"],
            [
                "Cargo.toml": "[package]\nname = \"a\"\nedition = \"2024\"\n",
                "Dockerfile": "FROM rust:1.80 AS build\nCOPY . .\nRUN cargo build --release\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM maven:3.9-eclipse-temurin-21 AS build\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\n",
                "pom.xml": "<project><properties><java.version>17</java.version></properties></project>",
            ],
            [
                "Api/Api.csproj":
                    "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>",
                "Dockerfile":
                    "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nCOPY . .\nRUN dotnet publish\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\n",
            ],
            [
                "Dockerfile": "FROM php:8.3-fpm\nCOPY . .\nRUN composer install\n",
                "composer.json": "{\"require\":{\"php\":\"^8.2\"}}",
            ],
            ["Dockerfile": "FROM ruby:3.2\nRUN bundle install\n", "Gemfile": "ruby \"3.2.2\"\n"],
            ["Dockerfile": "FROM ruby:3.1\nRUN bundle install\n", "Gemfile": "ruby \"~> 3.1\"\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment,
                !["ignore-platform", "ROLL_FORWARD", "self-contained"].contains(where: unit.dockerfile.text.contains),
                let context = BuildContexts.of(unit).first
            else { return nil }
            let wanted = WantedLanguage.all(
                in: context, beside: SourceTree.Entry(path: unit.dockerfile.location).directory, of: repository.tree)
            guard !wanted.isEmpty else { return nil }
            let scope = unit.dockerfile.reading.file.globalScope()
            for stage in unit.dockerfile.stages {
                let image = ImageName(scope.expand(stage.base).text)
                for language in wanted {
                    guard let found = language.version(of: image), !language.fits(found, image) else { continue }
                    return Violation(
                        file: unit.dockerfile.location, line: stage.from.line,
                        "\(language.place) asks for \(language.name) \(language.version), and the image has \(found); "
                            + "take an image with \(language.version)")
                }
            }
            return nil
        }
    }
}

/// What a project's manifest says about its language.
private struct WantedLanguage {
    enum Kind { case java, dotnet, php, ruby, rust, swift }

    let kind: Kind
    let version: PackageVersion
    let place: String

    var name: String {
        switch kind {
        case .java: "Java"
        case .dotnet: ".NET"
        case .php: "PHP"
        case .ruby: "Ruby"
        case .rust: "Rust"
        case .swift: "Swift"
        }
    }

    /// Manifests of the Dockerfile's folder or of its context; one that several folders have is left alone.
    static func all(in context: String, beside folder: String, of tree: SourceTree) -> [WantedLanguage] {
        var found: [WantedLanguage] = []
        for place in folder == context ? [context] : [folder, context] {
            func text(_ name: String) -> (String, String)? {
                let path = GoPath.clean(place + "/" + name)
                return tree.text(path).map { (path, $0) }
            }
            func add(_ kind: Kind, _ file: (String, String)?, _ read: (String) -> PackageVersion?) {
                guard let file, !found.contains(where: { $0.kind == kind }), let version = read(file.1) else { return }
                found.append(WantedLanguage(kind: kind, version: version, place: file.0))
            }
            add(.java, text("pom.xml"), java)
            // With a resolver Gradle fetches the JDK that it wants.
            let fetches = ["settings.gradle", "settings.gradle.kts"].contains { text($0)?.1.contains("foojay") == true }
            for name in ["build.gradle", "build.gradle.kts"] where !fetches { add(.java, text(name), gradle) }
            add(.php, text("composer.json")) { text in
                guard let range = JSONDocument(parsing: text).root?.at("require", "php")?.text, !range.contains("|")
                else {
                    return nil
                }
                return PackageRange(range.replacing(" ", with: ","), bareIsExact: true)?.lowest
            }
            add(.ruby, text("Gemfile"), ruby)
            add(.rust, text("Cargo.toml"), rust)
            add(.swift, text("Package.swift")) { text in
                text.hasPrefix("// swift-tools-version:")
                    ? PackageVersion(text.dropFirst("// swift-tools-version:".count).prefix(8).trimmed) : nil
            }
        }
        return found + dotnet(below: context, of: tree)
    }

    private static func java(_ text: String) -> PackageVersion? {
        let tags = [
            "maven.compiler.release", "java.version", "maven.compiler.source", "maven.compiler.target", "release",
        ]
        for tag in tags {
            guard let start = TextSearch.range(of: "<\(tag)>", in: text[...]),
                let number = PackageVersion(text[start.upperBound...].prefix { $0 != "<" }.trimmed)
            else { continue }
            return number.parts.first == 1 && number.parts.count > 1 ? PackageVersion(number.parts[1]) : number
        }
        return nil
    }

    private static func gradle(_ text: String) -> PackageVersion? {
        for mark in ["JavaLanguageVersion.of(", "JavaVersion.VERSION_", "jvmToolchain("] {
            guard let start = TextSearch.range(of: mark, in: text[...]) else { continue }
            let digits = text[start.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }
            if let number = PackageVersion(digits), number.parts[0] >= 8 { return number }
        }
        return nil
    }

    /// `ruby "3.2.2"`; a range or a file says it otherwise.
    private static func ruby(_ text: String) -> PackageVersion? {
        for line in text.split(separator: "\n") where line.hasPrefix("ruby \"") || line.hasPrefix("ruby '") {
            return PackageVersion(line.dropFirst(6).prefix { $0 != "\"" && $0 != "'" })
        }
        return nil
    }

    private static func rust(_ text: String) -> PackageVersion? {
        var found: PackageVersion?
        for line in text.split(separator: "\n") {
            let bare = line.filter { !$0.isWhitespace }
            if bare.hasPrefix("rust-version=\"") { return PackageVersion(bare.dropFirst(14)) }
            if bare.hasPrefix("edition=\"2024\"") { found = PackageVersion(1, 85) }
        }
        return found
    }

    /// Programs alone; when they have different targets nothing follows.
    private static func dotnet(below context: String, of tree: SourceTree) -> [WantedLanguage] {
        var found: [WantedLanguage] = []
        for entry in tree.files(ending: "csproj") + tree.files(ending: "fsproj") {
            guard context == "." || entry.path.hasPrefix(context + "/"), let text = tree.text(entry.path),
                text.contains("Microsoft.NET.Sdk.Web") || text.contains("<OutputType>Exe"),
                !entry.path.lowercased().contains("test"), !text.contains("RollForward"),
                !text.contains("SelfContained"),
                let start = TextSearch.range(of: "<TargetFramework>net", in: text[...]),
                let version = PackageVersion(text[start.upperBound...].prefix { $0 != "<" && $0 != "-" }),
                version.parts.count == 2, version.parts[0] >= 5
            else { continue }
            found.append(WantedLanguage(kind: .dotnet, version: version, place: entry.path))
        }
        return Set(found.map(\.version.description)).count == 1 ? Array(found.prefix(1)) : []
    }

    /// What an image has of the language; `nil` for an image of another one.
    func version(of image: ImageName) -> PackageVersion? {
        guard let tag = image.tag else { return nil }
        switch kind {
        case .java: return java(image, tag)
        case .dotnet:
            guard image.registry == "mcr.microsoft.com",
                ["dotnet/sdk", "dotnet/aspnet", "dotnet/runtime"].contains(image.repository)
            else { return nil }
            return PackageVersion(tag).flatMap { $0.parts.count > 1 ? $0 : nil }
        case .php: return image.name == "php" ? minor(tag) : nil
        case .ruby: return image.name == "ruby" ? minor(tag) : nil
        case .rust: return image.name == "rust" ? minor(tag) : nil
        case .swift: return image.name == "swift" ? minor(tag) : nil
        }
    }

    /// `8.1` of `8.1-fpm`, and nothing of `8`, which moves.
    private func minor(_ tag: String) -> PackageVersion? {
        PackageVersion(tag).flatMap { $0.parts.count > 1 ? $0 : nil }
    }

    private func java(_ image: ImageName, _ tag: String) -> PackageVersion? {
        switch image.name {
        case "eclipse-temurin", "openjdk", "amazoncorretto", "liberica-openjdk-alpine", "liberica-openjdk-debian":
            return PackageVersion(tag).map { PackageVersion($0.parts[0]) }
        case "maven", "gradle":
            for mark in ["temurin-", "openjdk-", "corretto-", "jdk-", "jdk"] {
                guard let start = TextSearch.range(of: mark, in: tag[...]),
                    let found = PackageVersion(tag[start.upperBound...])
                else { continue }
                return PackageVersion(found.parts[0])
            }
            return nil
        default: return nil
        }
    }

    func fits(_ found: PackageVersion, _ image: ImageName) -> Bool {
        switch kind {
        case .java, .rust, .swift, .php: found >= version
        case .dotnet:
            // A runtime goes on to later versions of its own number alone.
            image.repository.hasSuffix("sdk") ? found >= version : found.parts[0] == version.parts[0]
        case .ruby: Array(found.parts.prefix(2)) == Array(version.parts.prefix(2))
        }
    }
}
