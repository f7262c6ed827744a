// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// npm error Missing script.
    static let toldPackageScript = Rule(
        "AP238", .warning, "a command runs a package script that no package.json has",
        why: "npm, pnpm and yarn end with: missing script. The pipeline, the script or the reader stops at this step.",
        catches: [
            ["DEPLOYMENT.md": "`npm run migrate:prod`\n", "package.json": "{\"scripts\":{\"build\":\"tsc\"}}"],
            [
                "deploy.sh": "#!/bin/sh\nset -e\npnpm run migrate\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm test\n        working-directory: api\n",
                "api/package.json": "{\"scripts\":{\"build\":\"tsc\"}}",
            ],
        ],
        passes: [
            ["DEPLOYMENT.md": "`npm run build`\n", "api/package.json": "{\"scripts\":{\"build\":\"tsc\"}}"],
            [
                "DEPLOYMENT.md": "`npm run <name>`, `npm run --if-present lint`\n",
                "package.json": "{\"scripts\":{\"b\":\"tsc\"}}",
            ],
            ["deploy.sh": "#!/bin/sh\nnpm run lint || true\n", "package.json": "{\"scripts\":{\"build\":\"tsc\"}}"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let scripts = PackageManifest.all(in: repository)
        let all = scripts.reduce(into: Set<String>()) { $0.formUnion($1.scripts.keys) }
        guard !all.isEmpty else { return [] }
        return repository.toldCommands.compactMap { told in
            let isReadme = SourceTree.Entry(path: told.file).name == "README.md"
            guard told.teller != .package, let name = PackageManifest.script(of: told.words),
                // A part of it is only known when the pipeline runs.
                !name.contains("EXPRESSION"),
                !told.command.isCondition, !told.command.isFollowedByOr,
                // Scripts that look first.
                repository.tree.text(told.file)?.contains("npm run |") != true
            else { return nil }
            let own = told.folder.flatMap { folder in scripts.first { $0.folder == folder } }
            // A README beside a package.json has a rule of its own.
            guard own.map({ $0.scripts[name] == nil && !$0.scripts.isEmpty }) ?? (!all.contains(name) && !isReadme)
            else {
                return nil
            }
            let place = own.map { GoPath.clean($0.folder + "/package.json") }
            let near = NearestWord.of(name, among: own.map { Set($0.scripts.keys) } ?? all)
            return Violation(
                file: told.file, line: told.line,
                "no script \(name) is in \(place ?? "any package.json"); "
                    + (near.map { "write: \($0)" } ?? "add it, or delete the step"), severity: told.severity)
        }
    }
}

/// A package.json as the rules about commands need it.
struct PackageManifest {
    /// Where it stands.
    let folder: String
    let scripts: [String: String]
    let dependencies: Set<String>
    let developmentDependencies: Set<String>

    static func all(in repository: CheckedRepository) -> [PackageManifest] {
        repository.tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }.compactMap { entry in
            guard let root = repository.tree.text(entry.path).flatMap({ JSONDocument(parsing: $0).root }) else {
                return nil
            }
            let scripts = (root["scripts"]?.mapping?.entries ?? []).map { ($0.key, $0.value.text ?? "") }
            return PackageManifest(
                folder: entry.directory, scripts: Dictionary(scripts) { _, last in last },
                dependencies: Set(root["dependencies"]?.mapping?.keys ?? []),
                developmentDependencies: Set(root["devDependencies"]?.mapping?.keys ?? []))
        }
    }

    /// The nearest package.json at or above a folder.
    static func nearest(to folder: String, among all: [PackageManifest]) -> PackageManifest? {
        all.filter { $0.folder == "." || $0.folder == folder || folder.hasPrefix($0.folder + "/") }
            .max { $0.folder.utf8.count < $1.folder.utf8.count }
    }

    /// The name that `npm run NAME` runs; `nil` where a workspace is chosen, or the word may be a program.
    static func script(of words: [String]) -> String? {
        guard let first = words.first, ["npm", "pnpm", "yarn", "bun"].contains(first), words.count > 1,
            !words.contains(where: { word in
                [
                    "-w", "-C", "-F", "-r", "--filter", "--prefix", "--workspace", "--cwd", "--if-present", "-ws",
                    "--dir",
                ]
                .contains { word == $0 || word.hasPrefix($0 + "=") || $0.hasPrefix("--") && word.hasPrefix($0) }
            })
        else { return nil }
        let rest = words.dropFirst().filter { !$0.hasPrefix("-") }
        let name =
            ["run", "run-script"].contains(rest.first) ? rest.dropFirst().first : rest.first == "test" ? "test" : nil
        guard let name, first != "bun" || rest.first == "run", !name.contains("."),
            name.utf8.allSatisfy({ byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || "-_:".utf8.contains(byte)
            }), !["EXPRESSION", "NAME", "name", "script"].contains(name)
        else { return nil }
        return name
    }
}
