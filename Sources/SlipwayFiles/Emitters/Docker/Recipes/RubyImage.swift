// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Ruby: gems of the lock file, built with a compiler and copied without it.
struct RubyImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "ruby" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        // Bundler refuses another version than the Gemfile's, to the last number.
        let base = "ruby:\(input.version(3, default: "3.4"))-slim"
        var dependencies = DockerStage(base, name: "dependencies", comment: "The gems of Gemfile.lock.")
        dependencies.install(
            Set(["build-essential", "git", "libyaml-dev", "pkg-config"] + headers(input) + service.buildPackages)
                .sorted())
        dependencies.environment([
            ("BUNDLE_DEPLOYMENT", "1"), ("BUNDLE_PATH", "/usr/local/bundle"), ("BUNDLE_WITHOUT", "development:test"),
        ])
        dependencies.workdir(input.folder)
        dependencies.copy(
            ["Gemfile", "Gemfile.lock", ".ruby-version"].filter(input.has).map { input.relative(input.path($0)) },
            to: "./")
        if input.has("Gemfile") {
            dependencies.run([service.install ?? "bundle install", "rm -rf /usr/local/bundle/ruby/*/cache"])
        } else {
            // Nothing says which versions; these were current in 2025 (rubygems.org).
            let framework = service.framework == "sinatra" ? " sinatra:4.1.1" : ""
            dependencies.run(["gem install --no-document rackup:2.2.1 puma:6.6.0" + framework])
        }

        var development = DockerStage("dependencies", name: "development", comment: "Follows changes of the source.")
        development.environment([("BUNDLE_DEPLOYMENT", "0"), ("BUNDLE_WITHOUT", "")])
        if input.has("Gemfile") { development.run(["bundle install"]) }
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        let needsNode = service.build != nil && input.has("package.json")
        var build = DockerStage("dependencies", name: "build")
        if needsNode { installNode(input, &build) }
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        if let command = service.build {
            build.comment("Assets are made without the real key (guides.rubyonrails.org, assets:precompile).")
            // Without a key the credentials are empty; with a wrong one the first look at them ends the build.
            let command = input.withPlaceholders(command, without: ["RAILS_MASTER_KEY"])
            build.run(["RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 \(command)"])
        }

        var runtime = DockerStage(base, name: "runtime", comment: "What runs, without a compiler.")
        runtime.install(Set(service.systemPackages + libraries(input)).sorted())
        input.addUser(&runtime)
        runtime.environment([
            ("BUNDLE_DEPLOYMENT", "1"), ("BUNDLE_PATH", "/usr/local/bundle"), ("BUNDLE_WITHOUT", "development:test"),
            ("RAILS_ENV", "production"), ("RACK_ENV", "production"), ("RAILS_LOG_TO_STDOUT", "1"),
            ("RAILS_SERVE_STATIC_FILES", "1"),
        ])
        runtime.workdir(input.folder)
        runtime.copy(["/usr/local/bundle"], to: "/usr/local/bundle", from: "build")
        runtime.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "build")
        input.finish(
            &runtime, tool: .ruby, scratch: service.framework == "rails" ? ["log", "tmp", "storage"] : [])
        let node = DockerStage(AssetNode.image("slim", for: input), name: "node", comment: "Builds what browsers load.")
        return (needsNode ? [node] : []) + [dependencies, development, build, runtime]
    }

    /// Node and its packages beside Ruby: the task that makes assets runs the scripts of package.json.
    private func installNode(_ input: ImageInput, _ stage: inout DockerStage) {
        stage.copy(["/usr/local/bin/node"], to: "/usr/local/bin/node", from: "node")
        stage.copy(["/usr/local/lib/node_modules"], to: "/usr/local/lib/node_modules", from: "node")
        // From its second version on, yarn comes in the version that package.json names, through corepack.
        let isModern = input.text("yarn.lock")?.contains("__metadata:") == true
        stage.run(
            [
                "ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm",
                "ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx",
                "npm install --global \(isModern ? "corepack@0.34" : "yarn@1 pnpm@10")",
            ] + (isModern ? ["corepack enable"] : []))
        for folder in [".yarn/releases", ".yarn/plugins", ".yarn/patches"]
        where isModern && input.tree.hasDirectory(input.path(folder)) {
            stage.copy([input.relative(input.path(folder))], to: "./" + folder)
        }
        let (lock, install) =
            input.has("yarn.lock")
            ? ("yarn.lock", isModern ? "yarn install --immutable" : "yarn install --frozen-lockfile")
            : input.has("pnpm-lock.yaml")
                ? ("pnpm-lock.yaml", "pnpm install --frozen-lockfile")
                : input.has("package-lock.json") ? ("package-lock.json", "npm ci") : ("", "npm install")
        stage.copy(
            ["package.json", lock].filter { !$0.isEmpty }.map { input.relative(input.path($0)) }
                + [".npmrc", ".yarnrc.yml"].filter(input.has).map { input.relative(input.path($0)) }, to: "./")
        stage.run([install])
    }

    private func headers(_ input: ImageInput) -> [String] { RubyLibraries(input).headers }
    private func libraries(_ input: ImageInput) -> [String] { RubyLibraries(input).libraries }
}
