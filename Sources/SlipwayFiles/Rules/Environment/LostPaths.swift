// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The code appends to the address and expects its path.
    static let addressWithoutPath = Rule(
        "EN239", .warning, "an address lacks the path that the code expects",
        why:
            "The code's own default has a path such as /api and all calls are appended to it. An address without the path "
            + "sends every call elsewhere, and the server answers 404.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    environment:\n      VITE_API_URL: http://localhost:8000\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/src/api.ts": "const base = import.meta.env.VITE_API_URL ?? '/api'\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    environment:\n      VITE_API_URL: http://localhost:8000/api\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/src/api.ts": "const base = import.meta.env.VITE_API_URL ?? '/api'\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    environment:\n      VITE_API_URL: http://localhost:8000\n",
                "web/Dockerfile": "FROM node:22\n",
                "web/src/api.ts":
                    "const base = `${import.meta.env.VITE_API_URL ?? ''}/api`\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        let pulled = repository.composeFiles.flatMap { file in
            file.services.filter { $0.build == nil }.flatMap { service in
                service.environment.map {
                    GivenNames.Place(name: $0.name, value: $0.value, file: file.location, line: $0.line)
                }
            }
        }
        return (GivenNames.everywhere(in: repository) + pulled).compactMap { place -> Violation? in
            guard BrowserVariables.contains(place.name), let value = place.value, ServiceAddress.isAddress(value),
                ["http", "https"].contains(ServiceAddress.scheme(value) ?? ""), !value.contains("$"),
                DotenvPurpose(path: place.file) != .template || !place.file.contains("env"),
                path(of: value).isEmpty, let host = ServiceAddress.host(value),
                host.contains(".") || host == "localhost",
                let expected = DefaultPaths.of(place.name, in: repository),
                seen.insert(place.file + place.name).inserted
            else { return nil }
            let clean = value.hasSuffix("/") ? String(value.dropLast()) : value
            return Violation(
                file: place.file, line: place.line,
                "\(expected.file):\(expected.line) calls \(expected.path) when \(place.name) is not set; write: \(place.name)=\(clean)\(expected.path)"
            )
        }
    }

    private static func path(of address: String) -> Substring {
        guard let start = TextSearch.range(of: "://", in: address[...]) else { return "" }
        let path = address[start.upperBound...].drop { $0 != "/" }
        return path == "/" ? "" : path
    }
}

/// Paths that code falls back to.
private enum DefaultPaths {
    private static let endings = [".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte", ".mjs"]

    /// One and the same path in every place that has a default.
    static func of(_ name: String, in repository: CheckedRepository) -> (path: String, file: String, line: Int)? {
        var found: [(path: String, file: String, line: Int)] = []
        for entry in repository.tree.entries {
            guard endings.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                !entry.name.contains("config."),
                let bytes = repository.tree.bytes(entry.path), RouteSearch.contains(bytes, Array(name.utf8)),
                let text = repository.tree.text(entry.path)
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let range = TextSearch.range(of: name, in: line) else { continue }
                let rest = line[range.upperBound...].drop { $0 == " " || $0 == ")" }
                guard rest.hasPrefix("??") || rest.hasPrefix("||") else {
                    // A read without a default builds its own path.
                    return nil
                }
                let value = rest.dropFirst(2).drop { $0 == " " }
                guard let quote = value.first, "\"'`".contains(quote) else { return nil }
                let body = value.dropFirst()
                let text = String(body.prefix { $0 != quote })
                // What is appended behind the default belongs to the address too.
                guard !body.dropFirst(text.count + 1).contains("/"), !line[..<range.lowerBound].contains("${") else {
                    return nil
                }
                let path =
                    text.hasPrefix("/")
                    ? text
                    : String(
                        text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).joined()
                            .drop { $0 != "/" })
                found.append((path, entry.path, index + 1))
            }
        }
        guard let first = found.first, first.path.count > 1, !first.path.contains("$"),
            found.allSatisfy({ $0.path == first.path })
        else { return nil }
        return (first.path.hasSuffix("/") ? String(first.path.dropLast()) : first.path, first.file, first.line)
    }
}
