// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Written for an older version of the package than the one that is installed.
    static let removedNodeName = Rule(
        "AP282", .error, "the code uses what the installed version of a Node package has removed",
        why:
            "The build stops at the import, or the process ends at the call with: is not a function, is not supported.",
        catches: [
            [
                "package.json": "{\"dependencies\":{\"node-fetch\":\"^3.3.0\"}}",
                "server.js": "const fetch = require('node-fetch');\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"mongoose\":\"^8.0.0\"}}",
                "db.js": "const mongoose = require('mongoose');\nmongoose.connect(url, { useCreateIndex: true });\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"mongoose\":\"^7.0.0\"}}",
                "user.js": "const mongoose = require('mongoose');\nUser.findOne({ a: 1 }, function (err, user) {});\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"^6.8.0\"}}",
                "src/App.jsx": "import { BrowserRouter, Switch, Route } from 'react-router-dom';\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"react\":\"^19.0.0\",\"react-dom\":\"^19.0.0\"}}",
                "src/index.js": "import ReactDOM from 'react-dom';\nReactDOM.render(<App />, root);\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"connect-mongo\":\"^5.0.0\"}}",
                "app.js": "const MongoStore = require('connect-mongo')(session);\n",
            ],
        ],
        passes: [
            [
                "package.json": "{\"dependencies\":{\"node-fetch\":\"^2.6.0\"}}",
                "server.js": "const fetch = require('node-fetch');\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"node-fetch\":\"^3.3.0\"}}",
                "server.js": "const { default: fetch } = require('node-fetch');\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"mongoose\":\"^5.0.0\"}}",
                "db.js": "const mongoose = require('mongoose');\nmongoose.connect(url, { useCreateIndex: true });\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"^6.8.0\"}}",
                "src/App.jsx":
                    "import { Routes, Route } from 'react-router-dom';\nimport { Switch } from '@mui/material';\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"react-dom\":\"^18.0.0\"}}",
                "src/index.js": "import ReactDOM from 'react-dom';\nReactDOM.render(<App />, root);\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let packages = NodePins.all(in: repository.tree)
        let known = packages.map { pins in RemovedNodeUse.all.filter { pins.isAtLeast($0.package, $0.from) } }
        guard known.contains(where: { !$0.isEmpty }) else { return [] }
        return NodeSources.entries(in: repository.tree).flatMap { entry -> [Violation] in
            guard let pins = NodePins.nearest(to: entry.path, of: packages),
                let place = packages.firstIndex(where: { $0.place == pins.place }), !known[place].isEmpty,
                let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000
            else { return [] }
            let possible = known[place].filter { use in
                ByteSearch.contains(use.package.utf8, in: bytes)
                    && use.words.contains { ByteSearch.contains($0.utf8, in: bytes) }
            }
            guard !possible.isEmpty, let text = repository.tree.text(entry.path) else { return [] }
            let statements = NodeSources.statements(of: text)
            return possible.compactMap { use in
                guard let found = statements.first(where: { use.isIn($0.text) }) else { return nil }
                return Violation(
                    file: entry.path, line: found.line,
                    "\(use.package) \(pins.lowest(use.package)?.description ?? "") (\(pins.place)) \(use.effect); "
                        + "write: \(use.advice)")
            }
        }
    }
}

/// Files that Node or a bundler reads.
enum NodeSources {
    private static let endings = [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".vue", ".svelte"]
    private static let aside = [
        "node_modules/", "dist/", "build/", ".next/", "vendor/", "public/", "static/", "coverage/", ".min.", ".test.",
        ".spec.", "__tests__/", "docs/", "examples/", "e2e/", "tests/", "test/",
    ]

    static func entries(in tree: SourceTree) -> [SourceTree.Entry] {
        tree.entries.filter { entry in
            endings.contains(where: entry.name.hasSuffix)
                && !aside.contains { ByteSearch.contains($0.utf8, in: entry.path.utf8) }
        }
    }

    /// Lines, an import of several lines as one, without comments.
    static func statements(of text: String) -> [(text: String, line: Int)] {
        var found: [(text: String, line: Int)] = []
        var open: (text: String, line: Int)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let begun = open {
                let joined = begun.text + " " + line.trimmed
                if line.contains("}") || index - begun.line > 60 {
                    found.append((joined, begun.line))
                    open = nil
                } else {
                    open = (joined, begun.line)
                }
                continue
            }
            let body = line.trimmed
            if body.hasPrefix("//") || body.hasPrefix("*") || body.hasPrefix("/*") { continue }
            if body.hasPrefix("import"), body.contains("{"), !body.contains("}") {
                open = (body, index + 1)
            } else {
                found.append((body, index + 1))
            }
        }
        return found
    }
}

/// A use that a version of a package refuses.
private struct RemovedNodeUse {
    let package: String
    let from: PackageVersion
    /// One of them stands in the file.
    let words: [String]
    let isIn: @Sendable (String) -> Bool
    /// What follows the package's name and version.
    let effect: String
    let advice: String

    static let all: [RemovedNodeUse] =
        modulesOnly + [
            RemovedNodeUse(
                package: "mongoose", from: PackageVersion(6), words: ["useCreateIndex", "useFindAndModify"],
                isIn: { ["useCreateIndex:", "useFindAndModify:"].contains(where: $0.contains) },
                effect: "ends with: MongoParseError: options usecreateindex, usefindandmodify are not supported",
                advice: "mongoose.connect(url)"),
            RemovedNodeUse(
                package: "mongoose", from: PackageVersion(7),
                words: ["findOne(", "findById", "deleteOne(", "updateOne("],
                isIn: takesCallback, effect: "no longer accepts a callback here: every call throws", advice: "await"),
            RemovedNodeUse(
                package: "connect-mongo", from: PackageVersion(4), words: ["connect-mongo"],
                isIn: { $0.contains("require('connect-mongo')(") || $0.contains("require(\"connect-mongo\")(") },
                effect: "is no function of the session any more", advice: "MongoStore.create({ mongoUrl })"),
            RemovedNodeUse(
                package: "connect-redis", from: PackageVersion(7), words: ["connect-redis"],
                isIn: { $0.contains("require('connect-redis')(") || $0.contains("require(\"connect-redis\")(") },
                effect: "is no function of the session any more", advice: "new RedisStore({ client })"),
            RemovedNodeUse(
                package: "react-router-dom", from: PackageVersion(6),
                words: ["Switch", "useHistory", "Redirect", "withRouter"],
                isIn: { line in
                    line.hasPrefix("import")
                        && (line.contains("'react-router-dom'") || line.contains("\"react-router-dom\""))
                        && !imported(line).isDisjoint(with: [
                            "Switch", "useHistory", "Redirect", "withRouter", "useRouteMatch",
                        ])
                },
                effect: "has no Switch, Redirect, useHistory and withRouter: the build stops",
                advice: "Routes, Navigate, useNavigate"),
            RemovedNodeUse(
                package: "react-dom", from: PackageVersion(19), words: ["ReactDOM.render(", "ReactDOM.hydrate("],
                isIn: { $0.contains("ReactDOM.render(") || $0.contains("ReactDOM.hydrate(") },
                effect: "has no render: the page stays empty",
                advice: "createRoot(element).render(...) of react-dom/client"),
            RemovedNodeUse(
                package: "uuid", from: PackageVersion(8), words: ["uuid/v"],
                isIn: { line in
                    ["'uuid/v1'", "\"uuid/v1\"", "'uuid/v4'", "\"uuid/v4\""].contains(where: line.contains)
                        && (line.contains("require(") || line.contains("from "))
                },
                effect: "does not export ./v4", advice: "const { v4: uuid } = require('uuid')"),
        ]

    /// Packages that are ES modules: `require` fails, or since Node 22 gives an object and not the function.
    private static let modulesOnly: [RemovedNodeUse] = [
        ("node-fetch", 3), ("chalk", 5), ("got", 12), ("ora", 6), ("inquirer", 9), ("p-limit", 4), ("strip-ansi", 7),
        ("boxen", 6), ("camelcase", 7), ("p-queue", 7), ("delay", 6), ("open", 9), ("execa", 6), ("nanoid", 4),
    ].map { name, major in
        RemovedNodeUse(
            package: name, from: PackageVersion(major), words: ["require("],
            isIn: { line in
                guard let call = ["= require('\(name)')", "= require(\"\(name)\")"].first(where: line.contains),
                    let range = TextSearch.range(of: call, in: line[...])
                else { return false }
                return !line[..<range.lowerBound].contains("{") && !line[range.upperBound...].hasPrefix(".default")
            },
            effect: "is an ES module, and require does not give its function",
            advice: name == "node-fetch" ? "nothing: Node has fetch" : "await import('\(name)'), or an older version")
    }

    private static func imported(_ line: String) -> Set<String> {
        guard let open = line.firstIndex(of: "{"), let close = line.firstIndex(of: "}"), open < close else { return [] }
        let names = line[line.index(after: open)..<close].split(separator: ",")
        return Set(names.compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    private static func takesCallback(_ line: String) -> Bool {
        let calls = [
            ".findOne(", ".findById(", ".findByIdAndUpdate(", ".findOneAndUpdate(", ".findByIdAndDelete(",
            ".findByIdAndRemove(", ".deleteOne(", ".updateOne(",
        ]
        guard let call = calls.first(where: line.contains), let range = TextSearch.range(of: call, in: line[...]),
            line[..<range.lowerBound].last?.isLetter == true
        else { return false }
        let rest = line[range.upperBound...]
        return [
            ", (err", ", (error", ",(err", ", function(err", ", function (err", ",function(err", ", async (err",
        ].contains(where: rest.contains)
    }
}
