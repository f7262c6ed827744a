// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Elixir: a release built by mix, run on the Debian that the build's image stands on.
struct ElixirImage: ImageRecipe {
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
        build.run([input.withPlaceholders(service.build ?? "mix compile")])

        var development = DockerStage("build", name: "development", comment: "Follows changes of the source.")
        development.environment([("MIX_ENV", "dev")])
        input.develop(&development)

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
}
