// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Python: a virtual environment made in a stage with build tools, copied into one without.
struct PythonImage: ImageRecipe {
    private static let environment = "/opt/venv"

    func accepts(_ service: Service) -> Bool { service.language == "python" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let base = "python:\(input.version(2, default: LanguageDefaults.python))-slim"
        let installer = PythonInstaller(input)
        var dependencies = DockerStage(
            base, name: "dependencies", comment: "What the code needs, and the tools to build it.")
        dependencies.environment(
            [
                ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"), ("PYTHONDONTWRITEBYTECODE", "1"),
                ("VIRTUAL_ENV", Self.environment),
            ] + installer.environment(Self.environment))
        dependencies.environment([("PATH", "\(Self.environment)/bin:$PATH")], expands: true)
        dependencies.install(buildPackages(service))
        dependencies.workdir(input.folder)
        installer.prepare(&dependencies, environment: Self.environment)
        installer.installDependencies(&dependencies)
        var stages = [dependencies]

        var development = DockerStage("dependencies", name: "development", comment: "Follows changes of the source.")
        development.install(service.systemPackages)
        development.environment([("PYTHONUNBUFFERED", "1")])
        installer.installForDevelopment(&development)
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)
        stages.append(development)

        let hasBuild = service.build != nil || installer.installsSource
        if hasBuild {
            var build = DockerStage("dependencies", name: "build")
            if service.build != nil { build.install(service.systemPackages) }
            build.copy(["."], to: Layout.workingDirectory)
            installer.installSource(&build)
            build.environment(settings(input))
            input.declareBuildVariables(in: &build)
            if let command = service.build {
                if !input.placeholders.isEmpty {
                    build.comment("Values that let the code load; none of them stays in the image.")
                }
                build.run([input.withPlaceholders(command)])
            }
            stages.append(build)
        }

        var runtime = DockerStage(base, name: "runtime", comment: "What runs: no compiler, no package manager's cache.")
        runtime.install(service.systemPackages)
        input.addUser(&runtime)
        runtime.environment([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUNBUFFERED", "1")] + settings(input))
        runtime.environment([("PATH", "\(Self.environment)/bin:$PATH")], expands: true)
        if isPreforking(service) { runtime.environment([("WEB_CONCURRENCY", String(WorkerCount.smallest))]) }
        runtime.workdir(input.folder)
        runtime.copy([Self.environment], to: Self.environment, from: hasBuild ? "build" : "dependencies")
        if hasBuild {
            runtime.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "build")
        } else {
            runtime.copy(["."], to: Layout.workingDirectory)
        }
        input.finish(&runtime, tool: .python)
        return stages + [runtime]
    }

    /// An image is for visitors, and what `manage.py` takes by itself is a developer's.
    private func settings(_ input: ImageInput) -> [(String, String)] {
        input.layout.runVariables(of: input.service).compactMap { variable, _ in
            variable.name == Variable.djangoSettings ? variable.production.map { (variable.name, $0) } : nil
        }
    }

    /// Headers are of no use without a compiler.
    private func buildPackages(_ service: Service) -> [String] {
        // The image's Python has its own headers; Debian's belong to another Python.
        let packages = service.buildPackages.filter { !["python3-dev", "python-dev", "python3"].contains($0) }
        let needsCompiler = packages.contains { $0.hasSuffix("-dev") }
        return packages
            + (needsCompiler && !service.buildPackages.contains("gcc") ? ["build-essential"] : [])
    }

    /// gunicorn and uvicorn both take their number of processes from WEB_CONCURRENCY (docs.gunicorn.org, settings;
    /// uvicorn.org, settings).
    private func isPreforking(_ service: Service) -> Bool {
        guard let start = service.start, service.singleInstance == nil else { return false }
        return (start.contains("gunicorn") || start.contains("uvicorn")) && !start.contains("--workers ")
            || start.contains("WEB_CONCURRENCY")
    }
}

/// How many processes of one server a machine carries.
package enum WorkerCount {
    /// What one process of a framework with its libraries holds resident, in MB; measured with FastAPI and SQLAlchemy
    /// 90, with Django 110.
    private static let memoryInMB = 150
    /// So that one slow request does not stop all others.
    static let smallest = 2

    /// Twice the processors and one more (docs.gunicorn.org/en/stable/design.html#how-many-workers), as far as the
    /// memory goes.
    package static func count(processors: Double, memoryInMB: Int) -> Int {
        max(1, min(Int(processors * 2) + 1, memoryInMB / Self.memoryInMB))
    }
}
