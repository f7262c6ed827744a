// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Node decides by package.json, not by what the file says.
    static let commonInModule = Rule(
        "AP285", .error, "a file says module.exports, and package.json makes it an ES module",
        why:
            "With \"type\": \"module\" Node reads every .js file of the package as an ES module: there is no module, exports "
            + "or require, and the tool or the process that loads the file ends.",
        catches: [
            [
                "ecosystem.config.js": "module.exports = {\n  apps: [],\n};\n",
                "package.json": "{\"type\":\"module\"}",
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncat > ecosystem.config.js << 'EOF'\nmodule.exports = { apps: [] };\nEOF\npm2 start ecosystem.config.js\n",
                "package.json": "{\"type\":\"module\"}",
            ],
            [
                "package.json": "{\"type\":\"module\",\"scripts\":{\"start\":\"node server.js\"}}",
                "server.js": "const express = require('express');\n",
            ],
            [
                "web/package.json": "{\"type\":\"module\"}",
                "web/postcss.config.js": "module.exports = { plugins: {} }\n",
            ],
        ],
        passes: [
            ["ecosystem.config.cjs": "module.exports = {}\n", "package.json": "{\"type\":\"module\"}"],
            ["ecosystem.config.js": "module.exports = {}\n", "package.json": "{}"],
            ["ecosystem.config.js": "export default {}\n", "package.json": "{\"type\":\"module\"}"],
            [
                "package.json": "{\"type\":\"module\",\"scripts\":{\"start\":\"node server.js\"}}",
                "server.js":
                    "import { createRequire } from 'module';\nconst require = createRequire(import.meta.url);\nconst a = require('a');\n",
            ],
            [
                "api/ecosystem.config.js": "module.exports = {}\n", "api/package.json": "{}",
                "package.json": "{\"type\":\"module\"}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let packages = NodePins.all(in: repository.tree)
        guard packages.contains(where: \.isModule) else { return [] }
        return CommonModules.files(packages, repository.tree) + CommonModules.written(packages, repository)
    }
}

private enum CommonModules {
    /// Files that Node itself loads for a tool that builds or runs.
    private static let loaded = [
        "ecosystem.config.js", "pm2.config.js", "next.config.js", "postcss.config.js", "babel.config.js", "knexfile.js",
        "webpack.config.js", "vue.config.js", "craco.config.js", "gatsby-config.js",
    ]

    static func files(_ packages: [NodePins], _ tree: SourceTree) -> [Violation] {
        packages.filter(\.isModule).flatMap { pins -> [Violation] in
            var names = loaded
            for script in pins.scripts where ["start", "prod", "serve", "server"].contains(script.key) {
                names += script.text.split(whereSeparator: { " ;&".contains($0) }).map(String.init).filter {
                    $0.hasSuffix(".js") && !$0.contains("dist") && !$0.contains("build")
                }
            }
            return Set(names).sorted().compactMap { name in
                let path = GoPath.clean(pins.folder + "/" + name)
                guard NodePins.nearest(to: path, of: packages)?.place == pins.place, let text = tree.text(path),
                    let line = line(in: text)
                else { return nil }
                return violation(path, line, name, pins)
            }
        }
    }

    /// Files that a script writes.
    static func written(_ packages: [NodePins], _ repository: CheckedRepository) -> [Violation] {
        repository.scripts.compactMap { script in
            let lines = script.document.lines
            guard let root = packages.first(where: { $0.folder == "." }), root.isModule else { return nil }
            for (index, line) in lines.enumerated() {
                guard line.contains("<<"), let name = loaded.first(where: line.contains),
                    !line.contains("/" + name) || line.contains("./" + name),
                    let body = lines[(index + 1)...].first(where: { !$0.trimmed.isEmpty }),
                    body.hasPrefix("module.exports"),
                    // A folder with a package.json of its own.
                    !lines[..<index].contains(where: { line in
                        packages.contains { $0.folder != "." && !$0.isModule && line.trimmed == "cd " + $0.folder }
                    })
                else { continue }
                return violation(script.location, index + 1, name, root)
            }
            return nil
        }
    }

    private static func violation(_ path: String, _ line: Int, _ name: String, _ pins: NodePins) -> Violation {
        Violation(
            file: path, line: line,
            "\(name) is an ES module, because \(pins.place) says \"type\": \"module\"; call it "
                + "\(name.dropLast(3)).cjs, or write: export default")
    }

    private static func line(in text: String) -> Int? {
        guard !text.contains("createRequire") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.firstIndex { line in
            line.hasPrefix("module.exports")
                || ["const ", "var ", "let "].contains(where: line.hasPrefix) && line.contains(" = require(")
        }.map { $0 + 1 }
    }
}
