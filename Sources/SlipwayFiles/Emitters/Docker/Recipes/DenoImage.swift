// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Deno: the modules are fetched while the image is built, so that starting needs no network.
struct DenoImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.packageManager == "deno" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let base = "denoland/deno:\(input.version(1, default: "2") == "1" ? "debian-1.46.3" : "debian")"
        var development = DockerStage(base, name: "development", comment: "Follows changes of the source.")
        development.workdir(input.folder)
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        var runtime = DockerStage(base, name: "runtime", comment: "What runs.")
        runtime.install(service.systemPackages)
        runtime.environment([("DENO_DIR", "/deno-dir")])
        runtime.workdir(input.folder)
        runtime.copy(["."], to: Layout.workingDirectory)
        if let install = service.install { runtime.run([install]) }
        if let build = service.build { runtime.run([input.withPlaceholders(build)]) }
        if let entry = service.start?.split(separator: " ").last, entry.contains(".") {
            runtime.run(["deno cache \(ShellWord.quote(String(entry)))", "chown -R 1000:1000 /deno-dir"])
        }
        input.finish(&runtime, tool: .deno)
        return [development, runtime]
    }
}
