// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Rust: the dependencies and the build directory are kept by the builder, the binary alone is taken over.
struct RustImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "rust" }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        let programs = RustPrograms(input: input)
        return isDevelopment ? programs.developmentCommand(text) : programs.command(text)
    }

    func tools(_ input: ImageInput) -> [InstalledTool] { RustPrograms(input: input).tools }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let tools = tools(input)
        let service = input.service
        let programs = RustPrograms(input: input)
        let name = programs.main
        let base = "rust:\(input.version(2, default: "1"))-slim-bookworm"
        var build = DockerStage(base, name: "build")
        build.install(Set(["pkg-config", "libssl-dev"] + service.buildPackages + protobuf(input)).sorted())
        build.workdir(input.folder)
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        if input.tree.hasDirectory(input.path(".sqlx")) || input.has("sqlx-data.json") {
            build.comment("Queries were checked against a database before; none is here.")
            build.environment([("SQLX_OFFLINE", "true")])
        }
        build.comment("Compiled dependencies stay in the cache from build to build; the program must leave it.")
        build.run(
            [
                service.build ?? "cargo build --release --locked",
                Self.installation(name),
            ] + programs.builds.flatMap { [$0.command, Self.installation($0.name)] },
            mounts: [
                "type=cache,target=/usr/local/cargo/registry",
                input.compiled(in: "target"),
            ])

        var development = DockerStage("build", name: "development", comment: "Runs the source as it is.")
        development.take(tools, from: "/tools/bin")
        input.develop(&development)

        var runtime = DockerStage("debian:bookworm-slim", name: "runtime", comment: "The program and what it reads.")
        let packages = service.systemPackages + tools.flatMap(\.packages)
        runtime.install(Set(["ca-certificates", "libssl3"] + packages).sorted())
        input.addUser(&runtime)
        runtime.workdir(input.folder)
        input.copyData(GoImage.data + ["config"], to: &runtime)
        runtime.take(tools, from: "/tools/bin")
        for other in programs.builds {
            runtime.copy(["/out/\(other.name)"], to: "/usr/local/bin/\(other.name)", from: "build")
        }
        runtime.copy(["/out/\(name)"], to: "/usr/local/bin/\(name)", from: "build")
        input.finishProgram(&runtime, program: "/usr/local/bin/\(name)", tool: .bash)
        return Self.stage(of: tools, base) + [build, development, runtime]
    }

    private static func installation(_ name: String) -> String {
        "install -D \(ShellWord.quote("target/release/\(name)")) \(ShellWord.quote("/out/\(name)"))"
    }

    private static func stage(of tools: [InstalledTool], _ base: String) -> [DockerStage] {
        guard !tools.isEmpty else { return [] }
        var stage = DockerStage(base, name: "tools", comment: "What the migrations are run with.")
        stage.install(Set(["pkg-config", "libssl-dev"] + tools.flatMap(\.buildPackages)).sorted())
        stage.environment([("CARGO_INSTALL_ROOT", "/tools")])
        stage.run(tools.map(\.command), mounts: ["type=cache,target=/usr/local/cargo/registry"])
        return [stage]
    }

    private func protobuf(_ input: ImageInput) -> [String] {
        input.text("Cargo.toml").map { $0.contains("prost") || $0.contains("tonic") } == true
            ? ["protobuf-compiler"] : []
    }
}
