// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A command without a known language: a Debian with the repository in it and the packages that are named.
struct PlainImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.start != nil }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        var runtime = DockerStage(
            "debian:bookworm-slim", name: "runtime",
            comment: "No language is known, so nothing but Debian is here: state it in slipway.yml, "
                + "services.\(service.name).language.")
        runtime.install(Set(["ca-certificates"] + service.systemPackages + service.buildPackages).sorted())
        input.addUser(&runtime)
        runtime.workdir(input.folder)
        runtime.copy(["."], to: Layout.workingDirectory)
        let commands = [service.install, service.build].compactMap(\.self)
        if !commands.isEmpty { runtime.run(commands) }
        input.finish(&runtime, tool: .bash)
        return [runtime]
    }
}
