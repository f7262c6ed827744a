// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Elixir: the release that mix assembles, with the Erlang system in it, on a plain Debian. Where the start command asks
/// mix itself, because the code cannot be started otherwise, the last stage has it.
struct ElixirImage: ImageRecipe {
    /// Newer than what the build stands on, whichever Debian that is: libraries are only ever looked for by newer names.
    private static let system = "debian:trixie-slim"
    private static let releases = "_build/prod/rel/"

    func accepts(_ service: Service) -> Bool { service.language == "elixir" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let base = "elixir:\(input.version(2, default: "1.18"))-slim"
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
            var runtime = DockerStage(Self.system, name: "runtime", comment: "The release alone: no mix, no source.")
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
