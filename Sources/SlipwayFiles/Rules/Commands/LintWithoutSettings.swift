// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ESLint couldn't find a configuration file.
    ///
    /// ESLint ends with code 2 without one, and since version 9 it looks for eslint.config.js alone
    /// (eslint.org/docs/latest/use/migrate-to-9.0.0).
    static let lintWithoutSettings = Rule(
        "AP612", .error, "a pipeline runs ESLint, and no configuration is there",
        why:
            "ESLint ends with an error when it finds no configuration, and from version 9 on when it finds an .eslintrc "
            + "alone: the job fails, and all that needs it is never built or deployed.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm run lint\n",
                "package.json": "{\"scripts\":{\"lint\":\"eslint .\"},\"devDependencies\":{\"eslint\":\"^8.56.0\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: pnpm lint\n        working-directory: web\n",
                "web/package.json":
                    "{\"scripts\":{\"lint\":\"eslint src\"},\"devDependencies\":{\"eslint\":\"^9.9.0\"}}",
                "web/.eslintrc.json": "{}",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm run lint\n",
                "package.json": "{\"scripts\":{\"lint\":\"eslint .\"},\"devDependencies\":{\"eslint\":\"^9.9.0\"}}",
                "eslint.config.mjs": "export default []\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm run lint\n        working-directory: web\n",
                "web/package.json": "{\"scripts\":{\"lint\":\"eslint .\"},\"devDependencies\":{\"eslint\":\"8.1.0\"}}",
                ".eslintrc.js": "module.exports = {}\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm run lint || true\n",
                "package.json": "{\"scripts\":{\"lint\":\"eslint .\"},\"devDependencies\":{\"eslint\":\"^8.56.0\"}}",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm run lint\n",
                "package.json":
                    "{\"scripts\":{\"lint\":\"eslint .\"},\"devDependencies\":{\"eslint\":\"8.1.0\"},\"eslintConfig\":{}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return PipelineCheck.all(in: repository).compactMap { check in
            guard let reason = LintSettings.missing(for: check, repository),
                seen.insert("\(check.told.file)#\(check.told.line)#\(check.folder)").inserted
            else { return nil }
            return Violation(file: check.told.file, line: check.told.line, reason)
        }
    }
}

/// Where ESLint looks for its configuration.
private enum LintSettings {
    /// Options that name a configuration, or do without.
    private static let options = [
        "-c", "--config", "--no-eslintrc", "--no-config-lookup", "--init", "--print-config", "--version", "-v",
        "--help",
        "--rulesdir", "--rule",
    ]

    static func missing(for check: PipelineCheck, _ repository: CheckedRepository) -> String? {
        guard check.program == "eslint", let manifest = check.manifest,
            !check.words.contains(where: { word in options.contains { word == $0 || word.hasPrefix($0 + "=") } }),
            let declared = declared(manifest),
            repository.tree.text(check.told.file)?.contains("ESLINT_USE_FLAT_CONFIG") != true,
            manifest["eslintConfig"] == nil
        else { return nil }
        let place = check.folder == "." ? "the root" : check.folder
        let (hasFlat, hasOld) = configurations(of: check.folder, repository.tree)
        if hasFlat { return nil }
        if !hasOld {
            return
                "ESLint has no configuration in \(place), and ends with an error; type: npm init @eslint/config@latest"
        }
        guard declared.isAtLeast(PackageVersion(9)) else { return nil }
        return "ESLint 9 does not read the .eslintrc of \(place), and ends with an error; type: "
            + "npx @eslint/migrate-config .eslintrc.json"
    }

    private static func declared(_ manifest: DataNode) -> PackageRange? {
        let text = (manifest.at("devDependencies", "eslint") ?? manifest.at("dependencies", "eslint"))?.text
        return text.flatMap { PackageRange($0, bareIsExact: true) }
    }

    /// Whether a file of the new and of the old form is at, above or below the folder.
    private static func configurations(of folder: String, _ tree: SourceTree) -> (hasFlat: Bool, hasOld: Bool) {
        var (hasFlat, hasOld) = (false, false)
        for entry in tree.entries where entry.name.contains("eslint") || entry.name == "package.json" {
            guard !entry.path.contains("node_modules/"), isNear(entry.directory, folder) else { continue }
            if entry.name.hasPrefix("eslint.config.") { hasFlat = true }
            if entry.name.hasPrefix(".eslintrc") { hasOld = true }
            if entry.name == "package.json", tree.text(entry.path)?.contains("\"eslintConfig\"") == true {
                hasOld = true
            }
        }
        return (hasFlat, hasOld)
    }

    private static func isNear(_ place: String, _ folder: String) -> Bool {
        place == folder || place == "." || folder == "." || folder.hasPrefix(place + "/")
            || place.hasPrefix(folder + "/")
    }
}
