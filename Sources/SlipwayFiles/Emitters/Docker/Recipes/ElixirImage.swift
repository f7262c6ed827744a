// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Elixir: the release that mix assembles, with the Erlang system in it, on a plain Debian. Where the start command asks
/// mix itself, because the code cannot be started otherwise, the last stage has it.
struct ElixirImage: ImageRecipe {
    /// Newer than what the build stands on, whichever Debian that is, as long as both have the third OpenSSL.
    private static let system = "debian:trixie-slim"
    private static let releases = "_build/prod/rel/"

    func accepts(_ service: Service) -> Bool { service.language == "elixir" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let version = Self.version(input)
        let base = "elixir:\(version)-slim"
        var build = DockerStage(base, name: "build", comment: "The packages of mix.lock, then the code.")
        build.install(Set(["build-essential", "git"] + service.buildPackages).sorted())
        build.environment([("MIX_ENV", "prod")])
        build.workdir(input.folder)
        build.run(["mix local.hex --force", "mix local.rebar --force"])
        build.copy(["mix.exs", "mix.lock"].filter(input.has).map { input.relative(input.path($0)) }, to: "./")
        build.run(["mix deps.get --only prod"])
        if input.tree.hasDirectory(input.path("config")) {
            build.copy([input.relative(input.path("config"))], to: "config")
        }
        build.run(["mix deps.compile"])
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        let release = Self.release(in: service.start)
        let folder = release.map { "\(input.folder)/\(Self.releases)\($0)" }
        build.run([input.withPlaceholders(Self.command(service.build, to: folder))])

        var development = DockerStage("build", name: "development", comment: "Follows changes of the source.")
        development.environment([("MIX_ENV", "dev")])
        input.develop(&development)

        if let folder {
            var runtime = DockerStage(
                Self.isOnOldSystem(version) ? base : Self.system, name: "runtime",
                comment: "The release alone: no source.")
            runtime.install(
                Set(["ca-certificates", "libncurses6", "libstdc++6", "openssl"] + service.systemPackages).sorted())
            input.addUser(&runtime)
            runtime.environment([("LANG", "C.UTF-8"), ("RELEASE_TMP", "/tmp")])
            runtime.workdir(input.folder)
            runtime.copy([folder], to: folder, from: "build")
            input.finish(&runtime, tool: .bash)
            return [build, development, runtime]
        }
        var runtime = DockerStage(base, name: "runtime", comment: "What runs, without a compiler for C.")
        runtime.install(Set(["ca-certificates"] + service.systemPackages).sorted())
        input.addUser(&runtime)
        runtime.environment([("MIX_ENV", "prod"), ("LANG", "C.UTF-8")])
        runtime.workdir(input.folder)
        runtime.copy(["/root/.mix"], to: "/opt/mix/.mix", from: "build")
        runtime.environment([("MIX_HOME", "/opt/mix/.mix"), ("PHX_SERVER", "true")])
        runtime.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "build")
        input.finish(&runtime, tool: .bash)
        return [build, development, runtime]
    }

    /// The newest that there was when this was written (hub.docker.com/_/elixir).
    private static let newest = "1.18"

    /// `~> 1.14` and `>= 1.14` in mix.exs are minima: code of Elixir 1 runs on later ones
    /// (hexdocs.pm/elixir/compatibility-and-deprecations.html).
    private static func version(_ input: ImageInput) -> String {
        let stated = input.version(2, default: newest)
        let origin = input.layout.app.origins["services.\(input.service.name).languageVersion"]
        guard origin?.file.map({ $0.hasSuffix("mix.exs") }) ?? true,
            let text = input.text("mix.exs"), let start = text.firstRange(of: "elixir: \"")?.upperBound
        else { return stated }
        let requirement = text[start...].prefix { $0 != "\"" }
        let isOpen =
            requirement.hasPrefix(">=") && !requirement.contains("<")
            || requirement.hasPrefix("~>") && requirement.count { $0 == "." } == 1
        func numbers(_ version: String) -> [Int] { version.split(separator: ".").compactMap { Int($0) } }
        return isOpen && numbers(stated).lexicographicallyPrecedes(numbers(newest)) ? newest : stated
    }

    /// Whether the image still stands on Debian 11, whose OpenSSL no later Debian has: up to Elixir 1.14 with Erlang 25
    /// (github.com/erlang/docker-erlang-otp).
    private static func isOnOldSystem(_ version: String) -> Bool {
        version.split(separator: ".").compactMap { Int($0) }.lexicographicallyPrecedes([1, 15])
    }

    /// What the release does in the last stage, mix does beside the source, where no release is, and in an image that
    /// has none.
    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        let isMigration =
            text.contains(" eval ") && text.contains(Self.releases) && text.lowercased().contains("migrat")
        let hasRelease = Self.release(in: input.service.start) != nil
        guard isMigration, isDevelopment || !hasRelease else { return text }
        return isDevelopment ? "mix deps.get && mix ecto.migrate" : "mix ecto.migrate"
    }

    /// `hello` of `_build/prod/rel/hello/bin/hello start`.
    private static func release(in start: String?) -> String? {
        guard let start, let range = start.firstRange(of: releases) else { return nil }
        let name = start[range.upperBound...].prefix { $0 != "/" && $0 != " " }
        return name.isEmpty ? nil : String(name)
    }

    /// The folder is said, because a project may have its builds elsewhere.
    private static func command(_ build: String?, to folder: String?) -> String {
        guard let folder else { return build ?? "mix compile" }
        let text = build ?? "mix release"
        guard text.hasSuffix("mix release") else { return text }
        return text + " --overwrite --path \(ShellWord.quote(folder))"
    }
}
