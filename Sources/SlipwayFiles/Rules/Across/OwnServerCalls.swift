// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Without a variable the page asks the server that it came from.
    static let callsOwnServer = Rule(
        "AP615", .error, "the built page asks its own server for the API, and nginx does not pass it on",
        why:
            "The page falls back to a path like /api when its build is given no address, and no build is. nginx in the "
            + "image answers with the page itself, or with 405: no call reaches the API.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  api:\n    build: ./api\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "web/nginx.conf": "server {\n  listen 80;\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/package.json": "{\"scripts\":{\"build\":\"react-scripts build\"}}",
                "web/src/config.js":
                    "export const url = process.env.NODE_ENV === 'production' ? process.env.REACT_APP_API || '/api' : 'http://localhost:3000/api'\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  api:\n    build: ./api\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "web/nginx.conf":
                    "server {\n  listen 80;\n  location /api/ {\n    proxy_pass http://api:3000;\n  }\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/src/config.ts": "export const url = import.meta.env.VITE_API ?? '/api'\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: ./web\n    ports: ['80:80']\n  api:\n    build: ./api\n",
                "web/Dockerfile":
                    "FROM node:22 AS build\nARG VITE_API\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "web/nginx.conf": "server {\n  listen 80;\n  location / {\n    try_files $uri /index.html;\n  }\n}\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/src/config.ts": "export const url = import.meta.env.VITE_API || '/api'\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.nginxFiles.isEmpty, !repository.composeFiles.isEmpty else { return [] }
        var seen: Set<String> = []
        return RelativeAddress.all(in: repository).flatMap { address -> [Violation] in
            guard !address.isGiven(in: repository), !address.isPassedOnElsewhere(repository) else { return [] }
            return StaticPlaces.images(of: address.folder, address.path, repository).compactMap { place in
                guard seen.insert(place.file).inserted else { return nil }
                return Violation(
                    file: place.file, line: place.line,
                    "\(address.file):\(address.line) asks \(address.path) here, for no build gives \(address.name); add: "
                        + place.advice(address.path))
            }
        }
    }
}

/// A path that a page takes for the API's address when its build gives no variable.
private struct RelativeAddress {
    let file: String
    let line: Int
    let name: String
    /// `/api`
    let path: String
    /// The package's folder.
    let folder: String

    static func all(in repository: CheckedRepository) -> [RelativeAddress] {
        let packages = repository.tree.files(named: "package.json").map(\.directory)
        let code = repository.code([".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"], with: ["'/api", "\"/api"])
        return code.flatMap { file -> [RelativeAddress] in
            let folder = packages.filter { $0 == "." || file.path.hasPrefix($0 + "/") }
                .max { $0.utf8.count < $1.utf8.count }
            guard let folder, !file.path.contains(".config.") else { return [] }
            return file.bare.enumerated().compactMap { index, line in
                guard line.contains("env."), !line.contains("development'?"), !line.contains(".DEV?"),
                    let found = read(line)
                else { return nil }
                return RelativeAddress(
                    file: file.path, line: index + 1, name: found.name, path: found.path, folder: folder)
            }
        }
    }

    /// `env.VITE_API||'/api'`, blanks left out.
    private static func read(_ line: String) -> (name: String, path: String)? {
        for prefix in ["env.VITE_", "env.REACT_APP_", "env.VUE_APP_"] {
            guard let range = TextSearch.range(of: prefix, in: line[...]) else { continue }
            let start = line.index(range.lowerBound, offsetBy: 4)
            let name = line[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let rest = line[name.endIndex...]
            guard rest.hasPrefix("||'/") || rest.hasPrefix("??'/") else { return nil }
            let path = rest.dropFirst(3).prefix { $0 != "'" }
            let clean = path.hasSuffix("/") ? path.dropLast() : path
            return clean.utf8.count > 1 && ToldCommand.isPlain(String(clean)) ? (String(name), String(clean)) : nil
        }
        return nil
    }

    /// Whether a file can give the build the variable.
    func isGiven(in repository: CheckedRepository) -> Bool {
        if CommittedDotenv.names(in: folder, of: repository).contains(name) { return true }
        return repository.deployedUnits.contains { unit in
            (unit.context == folder || unit.app?.directory == folder)
                && (unit.dockerfile.text.contains(name)
                    || unit.dockerfile.text.contains("--mode") || unit.dockerfile.text.contains("envsubst"))
        }
    }

    /// Whether a server of the machine takes the path; one that stands beside a Dockerfile is in that image.
    func isPassedOnElsewhere(_ repository: CheckedRepository) -> Bool {
        let first = path.dropFirst().split(separator: "/").first.map(String.init) ?? path
        let images = Set(repository.dockerfiles.map { SourceTree.Entry(path: $0.location).directory })
        return repository.nginxFiles.contains { file in
            let folder = SourceTree.Entry(path: file.location).directory
            guard folder == "." || !images.contains(folder) else { return false }
            return file.servers.flatMap(\.locations).contains { location in
                location.pattern.contains(first) && location.proxyPass != nil
            }
        }
    }
}
