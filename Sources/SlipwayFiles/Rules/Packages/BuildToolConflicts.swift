// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The other way round than a Node that is too old.
    static let toolTooOldForNode = Rule(
        "AP283", .error, "a build tool is too old for the image's Node",
        why:
            "Webpack 4 hashes with a function that OpenSSL 3 has switched off: since Node 17 the build ends with "
            + "ERR_OSSL_EVP_UNSUPPORTED. node-sass runs on the Nodes of its time alone.",
        catches: [
            [
                "Dockerfile": "FROM node:20 AS build\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"dependencies\":{\"react-scripts\":\"4.0.3\"},\"scripts\":{\"build\":\"react-scripts build\"}}",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nRUN yarn install\nRUN yarn build\n",
                "package.json": "{\"devDependencies\":{\"node-sass\":\"^4.14.1\"},\"scripts\":{\"build\":\"webpack\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:16 AS build\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"dependencies\":{\"react-scripts\":\"4.0.3\"},\"scripts\":{\"build\":\"react-scripts build\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:20 AS build\nENV NODE_OPTIONS=--openssl-legacy-provider\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"dependencies\":{\"react-scripts\":\"4.0.3\"},\"scripts\":{\"build\":\"react-scripts build\"}}",
            ],
            [
                "Dockerfile": "FROM node:20 AS build\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"dependencies\":{\"react-scripts\":\"5.0.1\"},\"scripts\":{\"build\":\"react-scripts build\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let packages = NodePins.all(in: repository.tree)
        return repository.images.compactMap { unit -> Violation? in
            let folders =
                [SourceTree.Entry(path: unit.dockerfile.location).directory] + BuildContexts.of(unit).prefix(1)
            guard let pins = packages.first(where: { folders.contains($0.folder) }),
                !unit.dockerfile.text.contains("openssl-legacy-provider"),
                !pins.scripts.contains(where: { $0.text.contains("openssl-legacy-provider") })
            else { return nil }
            let scope = unit.dockerfile.reading.file.globalScope()
            for stage in unit.dockerfile.stages {
                let base = ImageName(scope.expand(stage.base).text)
                guard base.name == "node", let node = OldBuildTool.node(of: base),
                    stage.instructions.contains(where: { $0.keyword == "RUN" && $0.text.contains("build") }),
                    let tool = OldBuildTool.all.first(where: { $0.isRefused(by: node, pins) })
                else { continue }
                return Violation(
                    file: unit.dockerfile.location, line: stage.from.line,
                    "\(tool.name) \(pins.lowest(tool.name)?.description ?? "") does not build on Node \(node); "
                        + "write: FROM node:\(tool.lastNode), or \(tool.advice)")
            }
            return nil
        }
    }

    /// The configuration or a script is of the version before.
    static let olderBuildConfiguration = Rule(
        "AP284", .error, "a build is written for another version of its tool",
        why: "The tool has moved, renamed or dropped what the file asks for, and the build ends with its message.",
        catches: [
            [
                "package.json": "{\"devDependencies\":{\"tailwindcss\":\"^4.0.0\",\"postcss\":\"8\"}}",
                "postcss.config.js":
                    "export default {\n  plugins: {\n    tailwindcss: {},\n    autoprefixer: {},\n  },\n};\n",
            ],
            [
                "package.json":
                    "{\"dependencies\":{\"next\":\"^14.1.0\"},\"scripts\":{\"build\":\"next build && next export\"}}"
            ],
            ["package.json": "{\"dependencies\":{\"next\":\"14.2.3\"}}", "next.config.ts": "export default {}\n"],
            [
                "package.json":
                    "{\"devDependencies\":{\"tailwindcss\":\"^4.1.0\"},\"scripts\":{\"build:css\":\"tailwindcss -i a.css -o b.css\"}}"
            ],
        ],
        passes: [
            [
                "package.json": "{\"devDependencies\":{\"tailwindcss\":\"^3.4.0\",\"postcss\":\"8\"}}",
                "postcss.config.js": "module.exports = { plugins: { tailwindcss: {}, autoprefixer: {} } }\n",
            ],
            [
                "package.json":
                    "{\"devDependencies\":{\"tailwindcss\":\"^4.0.0\",\"@tailwindcss/postcss\":\"^4.0.0\"}}",
                "postcss.config.mjs": "export default { plugins: { '@tailwindcss/postcss': {} } }\n",
            ],
            ["package.json": "{\"dependencies\":{\"next\":\"15.0.0\"}}", "next.config.ts": "export default {}\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return NodePins.all(in: repository.tree).flatMap { pins in
            BuildConfiguration.tailwind(pins, repository.tree) + BuildConfiguration.next(pins, repository.tree)
        }
    }
}

/// A tool of the time before OpenSSL 3.
private struct OldBuildTool {
    let name: String
    /// The first version that works on all later Nodes.
    let mended: PackageVersion
    let lastNode: Int
    let advice: String

    static let all = [
        OldBuildTool(name: "react-scripts", mended: PackageVersion(5), lastNode: 16, advice: "react-scripts 5"),
        OldBuildTool(name: "@vue/cli-service", mended: PackageVersion(5), lastNode: 16, advice: "@vue/cli-service 5"),
        OldBuildTool(name: "@angular/cli", mended: PackageVersion(12), lastNode: 16, advice: "a newer Angular"),
        OldBuildTool(name: "webpack", mended: PackageVersion(5), lastNode: 16, advice: "webpack 5"),
        OldBuildTool(name: "node-sass", mended: PackageVersion(5), lastNode: 14, advice: "sass in place of node-sass"),
        OldBuildTool(name: "node-sass", mended: PackageVersion(6), lastNode: 15, advice: "sass in place of node-sass"),
        OldBuildTool(name: "node-sass", mended: PackageVersion(7), lastNode: 16, advice: "sass in place of node-sass"),
        OldBuildTool(name: "node-sass", mended: PackageVersion(8), lastNode: 18, advice: "sass in place of node-sass"),
    ]

    /// A tag without a number moves on, and has long passed all of these (nodejs.org/en/about/previous-releases).
    static func node(of image: ImageName) -> Int? {
        if let major = image.majorVersion { return major }
        let words = (image.tag ?? "latest").split(separator: "-")
        return words.first.map { ["lts", "latest", "current", "alpine", "slim"].contains($0) } == true ? 24 : nil
    }

    func isRefused(by node: Int, _ pins: NodePins) -> Bool { node > lastNode && pins.isBelow(name, mended) }
}

private enum BuildConfiguration {
    static func tailwind(_ pins: NodePins, _ tree: SourceTree) -> [Violation] {
        guard pins.isAtLeast("tailwindcss", PackageVersion(4)) else { return [] }
        let names = ["js", "cjs", "mjs", "ts"].map { "postcss.config." + $0 } + [".postcssrc", ".postcssrc.json"]
        var found = names.compactMap { name -> Violation? in
            let path = GoPath.clean(pins.folder + "/" + name)
            guard let text = tree.text(path), !text.contains("@tailwindcss/postcss"),
                case let lines = text.split(separator: "\n", omittingEmptySubsequences: false),
                let index = lines.firstIndex(where: isPlugin)
            else { return nil }
            return Violation(
                file: path, line: index + 1,
                "since version 4 tailwindcss is no PostCSS plugin; write: '@tailwindcss/postcss': {}, and npm install -D "
                    + "@tailwindcss/postcss")
        }
        guard !pins.has("@tailwindcss/cli") else { return found }
        found += pins.scripts.compactMap { script in
            guard script.text.contains("tailwindcss -"), !script.text.contains("@tailwindcss/cli") else { return nil }
            return Violation(
                file: pins.place, line: script.line,
                "since version 4 tailwindcss has no command; write: npx @tailwindcss/cli, and npm install -D @tailwindcss/cli"
            )
        }
        return found
    }

    /// `tailwindcss: {},` or `require('tailwindcss')`, but not `@tailwindcss/postcss`.
    private static func isPlugin(_ line: Substring) -> Bool {
        let body = line.trimmed
        guard !body.hasPrefix("//"), !body.contains("@tailwindcss") else { return false }
        return ["tailwindcss:", "'tailwindcss'", "\"tailwindcss\"", "tailwindcss("].contains { body.contains($0) }
            && !body.contains("tailwindcss/")
    }

    static func next(_ pins: NodePins, _ tree: SourceTree) -> [Violation] {
        var found = pins.scripts.compactMap { script -> Violation? in
            if script.text.contains("next export"), pins.isAtLeast("next", PackageVersion(14)) {
                return Violation(
                    file: pins.place, line: script.line,
                    "next export is gone since Next 14; write: next build, and output: 'export' in next.config.js")
            }
            if script.key == "build", script.text.contains("next lint"), pins.isAtLeast("next", PackageVersion(16)) {
                return Violation(
                    file: pins.place, line: script.line, "next lint is gone since Next 16; write: eslint .")
            }
            return nil
        }
        let path = GoPath.clean(pins.folder + "/next.config.ts")
        if pins.isBelow("next", PackageVersion(15)), tree.contains(path) {
            found.append(
                Violation(
                    file: path, line: 1, "Next refuses next.config.ts before version 15; write: next.config.mjs"))
        }
        return found
    }
}
