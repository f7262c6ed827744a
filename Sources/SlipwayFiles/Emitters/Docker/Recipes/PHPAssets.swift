// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a PHP application's package.json builds for browsers: Vite's or Laravel Mix's files below the document root.
struct PHPAssets {
    private let input: ImageInput
    private let script: String

    /// - Returns: `nil` when there is nothing to build.
    init?(_ input: ImageInput) {
        guard let text = input.text("package.json"),
            let scripts = JSONDocument(parsing: text, dialect: .tolerant).root?["scripts"],
            let script = ["build", "production", "prod"].first(where: { scripts[$0]?.string != nil })
        else { return nil }
        self.input = input
        self.script = script
    }

    /// The stage, with the code and Composer's packages in it: styles may come from there.
    func stage(named name: String) -> DockerStage {
        var stage = DockerStage(
            AssetNode.image("alpine", for: input), name: name, comment: "What browsers load, from the lock file.")
        let (manager, files, install): (String, [String], String) =
            input.has("pnpm-lock.yaml")
            ? ("pnpm", ["pnpm-lock.yaml"], "pnpm install --frozen-lockfile")
            : input.has("yarn.lock")
                ? ("yarn", ["yarn.lock", ".yarnrc.yml"], "yarn install --frozen-lockfile")
                : input.has("package-lock.json")
                    ? ("npm", ["package-lock.json"], "npm ci") : ("npm", [], "npm install")
        stage.environment([("CI", "1"), ("HUSKY", "0")])
        if manager == "pnpm" {
            stage.run(["npm install --global pnpm@10"], mounts: ["type=cache,target=/root/.npm"])
        }
        stage.workdir(input.folder)
        stage.copy(
            (["package.json", ".npmrc"] + files).filter(input.has).map { input.relative(input.path($0)) }, to: "./")
        let store =
            switch manager {
            case "pnpm": "/root/.local/share/pnpm/store"
            case "yarn": "/usr/local/share/.cache/yarn"
            default: "/root/.npm"
            }
        stage.run([install], mounts: ["type=cache,target=\(store)"])
        stage.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "dependencies")
        input.declareBuildVariables(in: &stage)
        stage.run(["\(manager) run \(script)"])
        return stage
    }
}
