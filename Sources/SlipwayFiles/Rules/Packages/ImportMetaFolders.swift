// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The "paths[0]" argument must be of type string. Received undefined
    static let importMetaFolder = Rule(
        "AP667", .error, "the image's Node does not know import.meta.dirname",
        why:
            "import.meta.dirname and filename are there since Node 20.11 (nodejs.org/api/esm.html): before it they are undefined, and "
            + "path.resolve ends the build or the start.",
        catches: [
            [
                "Dockerfile": "FROM node:18-alpine\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts": "export default { root: path.resolve(import.meta.dirname, 'client') }\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM node:20-alpine\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts": "export default { root: path.resolve(import.meta.dirname, 'client') }\n",
            ],
            [
                "Dockerfile": "FROM node:18-alpine\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts":
                    "const here = import.meta.dirname ?? fileURLToPath(new URL('.', import.meta.url))\n",
            ],
        ]
    ) { repository in
        let uses = repository.code(
            [".ts", ".js", ".mjs", ".mts"], with: ["import.meta.dirname", "import.meta.filename"]
        )
        .compactMap { code -> (path: String, line: Int)? in
            let index = code.bare.firstIndex { line in
                ["(import.meta.dirname,", "(import.meta.dirname)", "(import.meta.filename)"].contains(
                    where: line.contains)
            }
            return index.map { (code.path, $0 + 1) }
        }
        guard !uses.isEmpty else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment else { return nil }
            let scope = unit.dockerfile.reading.file.globalScope()
            for stage in unit.dockerfile.stages {
                let base = ImageName(scope.expand(stage.base).text)
                let digits = (base.tag ?? "").prefix { $0.isNumber || $0 == "." }
                guard base.repository == "node", let version = PackageVersion(digits), isBefore(version),
                    let context = BuildContexts.of(unit).first,
                    let use = uses.first(where: { use in
                        context == "." || use.path.hasPrefix(context + "/")
                    }),
                    stage.instructions.contains(where: { $0.keyword == "RUN" && $0.text.contains("build") })
                        || !use.path.contains("vite.config")
                else { continue }
                return Violation(
                    file: unit.dockerfile.location, line: stage.from.line,
                    "\(use.path):\(use.line) reads import.meta.dirname, which Node \(digits) does not have; write: FROM node:22"
                )
            }
            return nil
        }
    }

    /// `20` alone is its newest one.
    private static func isBefore(_ version: PackageVersion) -> Bool {
        guard let major = version.parts.first else { return false }
        return major < 20 || major == 20 && version.parts.count > 1 && version.parts[1] < 11
    }
}
