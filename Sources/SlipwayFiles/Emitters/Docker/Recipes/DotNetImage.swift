// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// .NET: restored and published in the SDK's image, run in ASP.NET's.
struct DotNetImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { ["csharp", "fsharp"].contains(service.language) }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        isDevelopment ? text : EntityFrameworkBundle.command(text).replacing("dotnet out/", with: "dotnet ")
    }

    func tools(_ input: ImageInput) -> [InstalledTool] {
        EntityFrameworkBundle(input).map { bundle in
            [InstalledTool(program: "dotnet-ef", command: bundle.installation(in: "--global"))]
        } ?? []
    }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let version = input.version(2, default: "9.0")
        var dependencies = DockerStage(
            "mcr.microsoft.com/dotnet/sdk:\(version)", name: "dependencies",
            comment: "The packages of the project files.")
        dependencies.workdir(input.folder)
        for path in projects(input) {
            let inner = input.relative(path)
            dependencies.copy([inner], to: "\(Layout.workingDirectory)/\(inner)")
        }
        let cache = "type=cache,target=/root/.nuget/packages"
        let bundle = EntityFrameworkBundle(input)
        if let bundle { dependencies.run([bundle.installation(in: "--tool-path /usr/local/bin")]) }
        dependencies.run([service.install ?? "dotnet restore"], mounts: [cache])

        var development = DockerStage("dependencies", name: "development", comment: "Follows changes of the source.")
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        var build = DockerStage("dependencies", name: "build")
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        build.run(["dotnet publish -c Release -o /out"], mounts: [cache])
        if let bundle {
            build.comment("The migrations as a program: what runs has neither the SDK nor the source.")
            build.run([input.withPlaceholders(bundle.build(to: "/migrate"))], mounts: [cache])
        }

        var runtime = DockerStage(
            "mcr.microsoft.com/dotnet/aspnet:\(version)", name: "runtime", comment: "What runs, without the SDK.")
        runtime.install(service.systemPackages)
        runtime.run([
            "getent passwd 1000 >/dev/null || SOURCE_DATE_EPOCH=0 useradd --uid 1000 --create-home --shell /usr/sbin/nologin \(ImageInput.userName)"
        ])
        runtime.environment([("DOTNET_EnableDiagnostics", "0")])
        runtime.workdir(Layout.workingDirectory)
        runtime.copy(["/out"], to: Layout.workingDirectory, from: "build")
        if bundle != nil { runtime.copy(["/migrate"], to: EntityFrameworkBundle.program, from: "build") }
        var started = service
        started.start = service.start.map { command($0, isDevelopment: false, input) }
        let image = Layout.Image(
            name: input.image.name, owner: started, services: input.image.services, context: input.image.context,
            dockerfile: input.image.dockerfile)
        ImageInput(layout: input.layout, image: image, tree: input.tree).finish(&runtime, tool: .bash)
        return [dependencies, development, build, runtime]
    }

    /// Every project of the context: a project refers to those beside it.
    private func projects(_ input: ImageInput) -> [String] {
        let names = [
            "Directory.Build.props", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config",
        ]
        return input.tree.files(under: input.image.context).filter { entry in
            entry.name.hasSuffix(".csproj") || entry.name.hasSuffix(".fsproj") || names.contains(entry.name)
        }.map(\.path)
    }
}
