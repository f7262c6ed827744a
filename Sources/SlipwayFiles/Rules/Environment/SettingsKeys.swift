// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever reads the repository signs in as anybody.
    static let signingKeyInSettings = Rule(
        "EN330", .warning, "the key that signs tokens stands in a settings file",
        why:
            "The file travels with the repository and the image: whoever reads it makes a valid token for every "
            + "account, as long as nothing gives another key.",
        catches: [
            [
                "api/appsettings.json":
                    "{\n  \"JwtSettings\": {\n    \"SecretKey\": \"CHANGE_THIS_TO_A_STRONG_SECRET_KEY\"\n  }\n}\n",
                "compose.yml": "services:\n  api:\n    build: ./api\n", "api/Dockerfile": "FROM a:1\n",
            ],
            [
                "appsettings.json": "{\n  \"Jwt\": {\n    \"Key\": \"c3dvcmRmaXNoc3dvcmRmaXNo\"\n  }\n}\n",
                "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\n",
            ],
            ["config/credentials.yml": "secret_key_base: bn5W8hrV62r3MCYg3d3pkW4KoPyhwrOSZJsrn7F\n"],
        ],
        passes: [
            ["config/secrets.yml": "production:\n  secret_key_base: <%= ENV[\"SECRET_KEY_BASE\"] %>\n"],
            [
                "api/appsettings.json": "{\n  \"Jwt\": {\n    \"Key\": \"c3dvcmRmaXNoc3dvcmRmaXNo\"\n  }\n}\n",
                "compose.yml":
                    "services:\n  api:\n    build: ./api\n    environment:\n      Jwt__Key: ${JWT_KEY:?}\n",
                "api/Dockerfile": "FROM a:1\n",
            ],
            [
                "appsettings.json":
                    "{\n  \"Jwt\": {\n    \"Key\": \"\",\n    \"Issuer\": \"shop-of-the-town\"\n  }\n}\n",
                "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\n",
            ],
            ["appsettings.Development.json": "{\n  \"Jwt\": {\n    \"Key\": \"c3dvcmRmaXNoc3dvcmRmaXNo\"\n  }\n}\n"],
        ]
    ) { repository in
        let files =
            repository.tree.files(named: "appsettings.json")
            + repository.tree.files(named: "appsettings.Production.json")
        guard repository.isWhole else { return [] }
        guard !files.isEmpty else { return rails(repository) }
        let given = Set(
            repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { $0.services.flatMap(\.environment) }
                .map { plain($0.name) })
        let hosts =
            repository.workflows.map(\.text) + repository.renderBlueprints.map(\.text) + repository.flyFiles.map(\.text)
            + repository.manifests.map(\.text) + repository.scripts.map(\.text) + repository.units.map(\.text)
        return files.filter { !DevelopmentPath.isLikely($0.path) }.flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), let root = JSONDocument(parsing: text).root else {
                return []
            }
            return keys(in: root, "").compactMap { key, line in
                let name = key.split(separator: ":").joined(separator: "__")
                guard !given.contains(plain(key)), !hosts.contains(where: { $0.contains(name) }) else { return nil }
                return Violation(
                    file: entry.path, line: line,
                    "everybody can read this key; leave it empty here, and give it in the environment: \(name)")
            }
        }
    }

    /// `config/credentials.yml` and the production part of `config/secrets.yml`, which Rails knows encrypted alone.
    private static func rails(_ repository: CheckedRepository) -> [Violation] {
        let files = ["credentials.yml", "secrets.yml"].flatMap { repository.tree.files(named: $0) }.filter {
            $0.directory.hasSuffix("config")
        }
        return files.compactMap { entry in
            guard let text = repository.tree.text(entry.path) else { return nil }
            var part = ""
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line.first?.isLetter == true, line.trimmed.hasSuffix(":") { part = String(line.trimmed.dropLast()) }
                let words = line.trimmed.split(separator: " ")
                guard words.count == 2, words[0] == "secret_key_base:", !words[1].hasPrefix("<"),
                    words[1].utf8.count > 15,
                    ["", "production", "shared", "default"].contains(part)
                else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "everybody can read this key; make another one, and give it in the environment: SECRET_KEY_BASE")
            }
            return nil
        }
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// Keys of tokens that have a text.
    private static func keys(in node: DataNode, _ path: String) -> [(key: String, line: Int)] {
        (node.mapping?.entries ?? []).flatMap { part -> [(key: String, line: Int)] in
            let path = path.isEmpty ? part.key : path + ":" + part.key
            guard let value = part.value.string else { return keys(in: part.value, path) }
            let section = path.lowercased()
            let name = part.key.lowercased()
            let isAboutTokens = section.contains("jwt") || section.contains("token") || section.contains("signing")
            let isKey = [
                "key", "secret", "secretkey", "signingkey", "issuersigningkey", "jwtkey", "tokenkey", "jwtsecret",
            ]
            .contains(name)
            guard isAboutTokens, isKey, value.utf8.count >= 8, !value.contains("${"), !value.contains("#{"),
                !value.hasPrefix("<")
            else { return [] }
            return [(path, part.position.line)]
        }
    }
}
