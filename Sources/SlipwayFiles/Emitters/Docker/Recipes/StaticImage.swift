// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files behind nginx, built by Node first where there is something to build.
struct StaticImage: ImageRecipe {
    private static let server = "nginx:stable-alpine"

    func accepts(_ service: Service) -> Bool { service.role.isServedFromFiles }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        var stages: [DockerStage] = []
        var source = input.relative(service.directory)
        if service.build != nil {
            let packages = NodePackages(input)
            var dependencies = packages.dependencies()
            dependencies.install(packages.isAlpine ? [] : service.buildPackages + service.systemPackages)
            packages.install(&dependencies, production: false)
            var development = DockerStage(
                "dependencies", name: "development", comment: "Follows changes of the source.")
            development.copy(["."], to: Layout.workingDirectory)
            input.develop(&development)
            var build = DockerStage("dependencies", name: "build")
            build.copy(["."], to: Layout.workingDirectory)
            input.declareBuildVariables(in: &build)
            build.run([service.build ?? ""])
            stages = [dependencies, development, build]
            let output = service.outputDirectory ?? "dist"
            source = "/" + PythonInstaller.normalized(input.folder + "/" + output)
        } else if let output = service.outputDirectory {
            source = PythonInstaller.normalized(Layout.join(source, output))
        }
        if service.build == nil {
            var files = DockerStage(Self.server, name: "files", comment: "The site without what only its server reads.")
            files.copy([source.isEmpty ? "." : source], to: "/site")
            files.run(["rm -f " + ShellWord.quote("/site/" + configuration(input))])
            stages = [files]
        }
        var runtime = DockerStage(
            Self.server, name: "runtime", comment: "Files and the server that sends them, without root.")
        if service.build != nil {
            runtime.copy([source + "/."], to: Layout.documentRoot, from: "build")
        } else {
            runtime.copy(["/site/."], to: Layout.documentRoot, from: "files")
        }
        runtime.copy([input.relative(input.layout.nginxFile(of: service))], to: "/etc/nginx/nginx.conf")
        if let script = RuntimeConfigScript(service, in: input.layout) {
            runtime.copy([input.relative(script.file)], to: RuntimeConfigScript.hook)
        }
        input.label(&runtime)
        runtime.user(ImageInput.user)
        runtime.expose(Layout.fileServerPort)
        let probe = HealthProbe(
            tool: .wget, port: Layout.fileServerPort, variable: nil, path: input.layout.healthPath(of: service))
        runtime.healthcheck(probe.words, startPeriod: 5)
        return stages + [runtime]
    }

    private func configuration(_ input: ImageInput) -> String {
        input.layout.nginxFile(of: input.service).split(separator: "/").last.map(String.init) ?? "nginx.conf"
    }
}
