// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<RenderBlueprint>> {
    /// Nobody is root there.
    static let renderSystemPackage = Rule(
        "RW090", .error, "a native runtime of Render installs system packages",
        why:
            "The build of a native runtime is no root and cannot install packages of the system: it ends at that command "
            + "(render.com/docs/native-runtimes).",
        catches: [
            "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: apt-get update && apt-get install -y chromium && npm ci\n    startCommand: node a.js\n"
        ],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: docker\n    dockerfilePath: ./Dockerfile\n",
            "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: npm ci && npx puppeteer browsers install chrome\n    startCommand: node a.js\n",
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard let build = service.buildCommand, !["docker", "image"].contains(service.runtime ?? ""),
                let word = ["apt-get install", "apt install", "sudo ", "apk add", "yum install"].first(
                    where: build.text.contains)
            else { return nil }
            return Violation(
                line: build.line, "\(word.trimmed) needs root; write runtime: docker and a Dockerfile that installs it")
        }
    }

    /// NODE_ENV counts for the build, too.
    static let renderWithoutTools = Rule(
        "RW091", .error, "a build on Render without its development dependencies",
        why:
            "Variables of a service count while it is built. With NODE_ENV=production the install leaves out what builds: "
            + "vite: not found.",
        catches: [
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: npm install && npm run build\n    startCommand: node a.js\n    envVars:\n      - key: NODE_ENV\n        value: production\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: cd web && npm ci && npm run build\n    startCommand: node a.js\n    envVars:\n      - key: NODE_ENV\n        value: production\n",
                "web/package.json":
                    "{\"scripts\":{\"build\":\"tsc && vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\",\"typescript\":\"5\"}}",
            ],
        ],
        passes: [
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: npm install --include=dev && npm run build\n    startCommand: node a.js\n    envVars:\n      - key: NODE_ENV\n        value: production\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: npm install && npm run build\n    startCommand: node a.js\n    envVars:\n      - key: NODE_ENV\n        value: production\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"vite\":\"7.0.0\"}}",
            ],
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard let build = service.buildCommand, service.runtime != "docker",
                service.environment.contains(where: { $0.name == "NODE_ENV" && $0.value == "production" }),
                let fault = ProductionBuild(build.text, from: service.rootDirectory?.text ?? ".", file.repository.tree)
                    .fault
            else { return nil }
            return Violation(
                line: build.line,
                "NODE_ENV=production leaves out \(fault), which builds; write: npm install --include=dev")
        }
    }
}

/// A build command that runs with NODE_ENV=production.
private struct ProductionBuild {
    private static let packages = [
        "tsc": "typescript", "ng": "@angular/cli", "nest": "@nestjs/cli", "vue-cli-service": "@vue/cli-service",
    ]

    /// The package that is not installed when the build wants it.
    private(set) var fault: String?

    init(_ text: String, from root: String, _ tree: SourceTree) {
        let keeps = ["include=dev", "production=false", "prod=false", "NODE_ENV=dev", "--dev", "-D "]
        guard !keeps.contains(where: text.contains) else { return }
        var folder = GoPath.clean(root)
        var installed: Set<String> = []
        for part in text.replacing("&&", with: ";").split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            var words = part.split(separator: " ").map(String.init)
            if words.first == "cd", words.count > 1 {
                folder = GoPath.clean(folder + "/" + words[1])
                continue
            }
            guard let program = words.first, ["npm", "yarn", "pnpm"].contains(program) else { continue }
            var place = folder
            if let mark = words.firstIndex(where: { ["--prefix", "--cwd", "-C", "--dir"].contains($0) }),
                mark + 1 < words.count
            {
                place = GoPath.clean(folder + "/" + words[mark + 1])
                words.removeSubrange(mark...(mark + 1))
            }
            let verbs = words.dropFirst().filter { !$0.hasPrefix("-") }
            if verbs.isEmpty || ["install", "ci", "i"].contains(verbs[0]) {
                installed.insert(place)
            } else if verbs.contains("build"), installed.contains(place), let missing = Self.missing(place, tree) {
                fault = missing
                return
            }
        }
    }

    private static func missing(_ folder: String, _ tree: SourceTree) -> String? {
        guard let text = tree.text(GoPath.clean(folder + "/package.json")),
            let manifest = JSONDocument(parsing: text).root,
            let script = manifest.at("scripts", "build")?.text
        else { return nil }
        let words = script.split { $0 == " " || $0 == "&" || $0 == ";" }.map(String.init)
        return words.lazy.map { packages[$0] ?? $0 }.first { package in
            manifest["devDependencies"]?[package] != nil && manifest["dependencies"]?[package] == nil
        }
    }
}
