// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Each container is a machine of its own, also for what stands in a settings file.
    static let localhostInSettings = Rule(
        "AP385", .error, "a settings file sends a container to another service on localhost",
        why:
            "Inside a container localhost is the container itself. The settings file travels with the image, and nothing "
            + "in the Compose file says otherwise: the connection is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      ASPNETCORE_ENVIRONMENT: Production\n  ai:\n    build: ./ai\n    ports: ['5001:5001']\n",
                "api/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\n",
                "api/appsettings.json": "{\n  \"AI\": {\n    \"BaseUrl\": \"http://localhost:5001\"\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n  db:\n    image: postgres:17\n",
                "api/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\n",
                "api/appsettings.json":
                    "{\n  \"ConnectionStrings\": {\n    \"Default\": \"Host=localhost;Database=shop\"\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
                "api/Dockerfile": "FROM eclipse-temurin:21\n",
                "api/src/main/resources/application.properties":
                    "spring.datasource.url=jdbc:postgresql://localhost:5432/shop\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      AI__BaseUrl: http://ai:5001\n  ai:\n    build: ./ai\n    ports: ['5001:5001']\n",
                "api/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\n",
                "api/appsettings.json": "{\n  \"AI\": {\n    \"BaseUrl\": \"http://localhost:5001\"\n  }\n}\n",
            ],
            [
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      SPRING_DATASOURCE_URL: jdbc:postgresql://db:5432/shop\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
                "api/Dockerfile": "FROM eclipse-temurin:21\n",
                "api/src/main/resources/application.properties":
                    "spring.datasource.url=jdbc:postgresql://localhost:5432/shop\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
                "api/src/main/resources/application.properties":
                    "spring.datasource.url=jdbc:postgresql://localhost:5432/shop\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.composeFiles.flatMap { file in file.services.map { (file, $0) } }.flatMap {
            compose, service -> [Violation] in
            guard let context = service.build.flatMap({ compose.resolve($0.context) }),
                service.environmentFiles.isEmpty,
                service.node["network_mode"] == nil,
                // Who runs the working copy develops.
                !service.mounts.contains(where: { $0.kind == .bind && $0.source.flatMap(compose.resolve) == context })
            else { return [] }
            let others = compose.services.filter { $0.name != service.name }
            let given = Set(service.environment.map { SettingsFile.plain($0.name) })
            // A profile of its own brings settings of its own.
            let profile = service.environment.first { $0.name == "SPRING_PROFILES_ACTIVE" }
            return SettingsFile.all(below: context, in: repository.tree).flatMap { file -> [Violation] in
                guard profile == nil || !file.isOfSpring else { return [] }
                return file.entries.compactMap { entry in
                    guard let target = meant(by: entry.value, among: others, in: compose),
                        !given.contains(SettingsFile.plain(entry.key)),
                        !(entry.variable.map { given.contains($0) } ?? false)
                    else { return nil }
                    let name =
                        file.isOfSpring
                        ? entry.key.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
                        : entry.key.split(separator: ":").joined(separator: "__")
                    return Violation(
                        file: file.path, line: entry.line,
                        "in the container of \(service.name) this is the container itself; add to "
                            + "\(compose.location): \(name), with the host \(target)",
                        severity: compose.isForDevelopment || file.isBesideProfiles ? .warning : .error)
                }
            }
        }
    }

    /// The other service that the value's port or kind belongs to.
    private static func meant(
        by value: String, among others: [ComposeService], in compose: CheckedFile<ComposeFile>
    ) -> String? {
        guard value.contains("localhost") || value.contains("127.0.0.1") else { return nil }
        for mark in ["localhost:", "127.0.0.1:", "localhost,", "127.0.0.1,"] {
            guard let range = TextSearch.range(of: mark, in: value[...]) else { continue }
            guard let port = UInt16(value[range.upperBound...].prefix { $0.isNumber }) else { continue }
            return others.first { other in
                other.ports.contains { $0.published == port || $0.target == port } || other.exposed.contains(port)
            }?.name
        }
        let isDatabase = ["Host=localhost", "Server=localhost", "Host=127.0.0.1", "Server=127.0.0.1"].contains(
            where: value.contains)
        return isDatabase
            ? others.first { compose.known($0)?.isStore == true && compose.known($0)?.kind != .cache }?.name : nil
    }
}

/// A file of settings that an image takes along, entry by entry.
private struct SettingsFile {
    struct Entry {
        /// `Section:Key` for .NET, `section.key` for Spring.
        let key: String
        let value: String
        let line: Int
        /// The variable that Spring's value names, without signs.
        let variable: String?
    }

    let path: String
    let isOfSpring: Bool
    let entries: [Entry]
    /// Whether files of other profiles stand beside it, which may say otherwise.
    let isBesideProfiles: Bool

    /// Letters and digits in lower case: both frameworks compare names so.
    static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    static func all(below folder: String, in tree: SourceTree) -> [SettingsFile] {
        let names = ["appsettings.json", "application.properties", "application.yml", "application.yaml"]
        return names.flatMap { tree.files(named: $0) }.compactMap { entry in
            guard folder == "." || entry.path.hasPrefix(folder + "/"), !DevelopmentPath.isLikely(entry.path),
                !entry.path.contains("/test/"), let text = tree.text(entry.path),
                text.contains("localhost") || text.contains("127.0.0.1")
            else { return nil }
            let isOfSpring = entry.name.hasPrefix("application.")
            let stem = isOfSpring ? "application-" : "appsettings."
            let beside = tree.files(under: entry.directory).contains { other in
                other.path != entry.path && other.name.hasPrefix(stem)
                    && !other.name.lowercased().contains("development")
            }
            return SettingsFile(
                path: entry.path, isOfSpring: isOfSpring, entries: entries(of: entry.name, text),
                isBesideProfiles: beside)
        }
    }

    private static func entries(of name: String, _ text: String) -> [Entry] {
        if name.hasSuffix(".properties") {
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                guard let equals = line.firstIndex(of: "="), !line.trimmed.hasPrefix("#") else { return nil }
                return entry(line[..<equals].trimmed, line[line.index(after: equals)...].trimmed, index + 1)
            }
        }
        let root = name.hasSuffix(".json") ? JSONDocument(parsing: text).root : YAMLDocument(parsing: text).root
        var found: [Entry] = []
        func visit(_ node: DataNode, _ key: String) {
            for part in node.mapping?.entries ?? [] {
                let inner = key.isEmpty ? part.key : key + (name.hasSuffix(".json") ? ":" : ".") + part.key
                if let value = part.value.string {
                    found.append(contentsOf: [entry(inner, value, part.position.line)].compactMap { $0 })
                } else {
                    visit(part.value, inner)
                }
            }
        }
        if let root { visit(root, "") }
        return found
    }

    private static func entry(_ key: String, _ value: String, _ line: Int) -> Entry? {
        // Addresses of pages are the browser's business, and logs name no services.
        let lower = key.lowercased()
        guard
            ![
                "cors", "origin", "issuer", "audience", "frontend", "client", "redirect", "allowed", "kestrel", "urls",
                "callback",
            ]
            .contains(where: lower.contains)
        else { return nil }
        var variable: String?
        if let open = TextSearch.range(of: "${", in: value[...]) {
            variable = plain(String(value[open.upperBound...].prefix { $0 != ":" && $0 != "}" }))
        }
        return Entry(key: key, value: value, line: line, variable: variable)
    }
}
