// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Rust: the dependencies and the build directory are kept by the builder, the binary alone is taken over.
struct RustImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "rust" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let name = program(of: service)
        var build = DockerStage("rust:\(input.version(2, default: "1"))-slim-bookworm", name: "build")
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
                "install -D \(ShellWord.quote("target/release/\(name)")) \(ShellWord.quote("/out/\(name)"))",
            ],
            mounts: [
                "type=cache,target=/usr/local/cargo/registry",
                "type=cache,target=\(input.folder)/target,sharing=locked",
            ])

        var development = DockerStage("build", name: "development", comment: "Runs the source as it is.")
        input.develop(&development)

        var runtime = DockerStage("debian:bookworm-slim", name: "runtime", comment: "The program and what it reads.")
        runtime.install(Set(["ca-certificates", "libssl3"] + service.systemPackages).sorted())
        input.addUser(&runtime)
        runtime.workdir(input.folder)
        for folder in GoImage.data + ["config"] where input.tree.hasDirectory(input.path(folder)) {
            runtime.copy([input.relative(input.path(folder))], to: "\(input.folder)/\(folder)")
        }
        runtime.copy(["/out/\(name)"], to: "/usr/local/bin/\(name)", from: "build")
        input.finishProgram(&runtime, program: "/usr/local/bin/\(name)", tool: .bash)
        return [build, development, runtime]
    }

    private func program(of service: Service) -> String {
        let first = service.start?.split(separator: " ").first ?? ""
        return first.split(separator: "/").last.map(String.init) ?? service.name
    }

    private func protobuf(_ input: ImageInput) -> [String] {
        input.text("Cargo.toml").map { $0.contains("prost") || $0.contains("tonic") } == true
            ? ["protobuf-compiler"] : []
    }
}
