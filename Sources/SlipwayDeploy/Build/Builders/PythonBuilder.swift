// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// A virtual environment a service, filled by the service's own install command. Virtual environments cannot be moved
/// (their scripts name the interpreter's path), so it is created where it stays and marked when it is complete.
package struct PythonBuilder: NativeBuilder {
    /// Installers that are themselves Python packages, so that a machine without them still builds.
    private static let installers: Set<String> = ["uv", "poetry", "pdm", "pipenv"]

    package init() {}

    package func accepts(_ service: Service) -> Bool { service.language == "python" }

    package func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan {
        let interpreter = try await PythonInterpreter.find(for: input, runner: runner)
        return plan(input, interpreter: interpreter) { ExecutableSearch.find($0, path: input.path) }
    }

    /// The composition itself, pure.
    package func plan(
        _ input: BuildInput, interpreter: PythonInterpreter, find: (String) -> String?
    ) -> BuildPlan {
        let service = input.service
        var keyParts = [interpreter.executable, "\(interpreter.version)", service.install ?? ""]
        if Self.installsOwnSource(service.install) { keyParts.append(Fingerprint.source(input, also: [])) }
        if Self.linksOwnSource(service.install) { keyParts.append(input.root) }
        let key = Fingerprint.dependencies(input, also: keyParts)
        let folder = input.builds + "/" + BuildStage.folder(service.name, .install, key: key)
        let environment = folder + "/venv"
        var plan = BuildPlan(
            pathEntries: [environment + "/bin"],
            environment: [
                "VIRTUAL_ENV": environment, "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                "PIP_NO_INPUT": "1", "UV_PROJECT_ENVIRONMENT": environment, "UV_PYTHON": environment + "/bin/python",
                "POETRY_VIRTUALENVS_CREATE": "false", "PIPENV_VERBOSITY": "-1",
            ])
        var stage = BuildStage(
            service.name, .install, key: key,
            commands: [Self.venv(interpreter, at: environment, in: input)],
            products: [environment + "/bin/python"])
        if let install = service.install {
            let tool = install.split(separator: " ").first.map(String.init) ?? ""
            if Self.installers.contains(tool), find(tool) == nil {
                let tools = folder + "/tools"
                stage.commands.append(Self.venv(interpreter, at: tools, in: input))
                stage.commands.append(
                    Command(
                        tools + "/bin/python", ["-m", "pip", "install", "--disable-pip-version-check", "-q", tool],
                        directory: input.directory, deadline: BuildLimits.command))
                plan.pathEntries.append(tools + "/bin")
            }
            stage.commands.append(
                input.shell(install, pathEntries: plan.pathEntries, environment: plan.environment))
        }
        plan.stages.append(stage)
        plan.addBuild(of: input, also: [key])
        return plan
    }

    private static func venv(_ interpreter: PythonInterpreter, at path: String, in input: BuildInput) -> Command {
        Command(
            interpreter.executable, ["-m", "venv", path], directory: input.directory, deadline: BuildLimits.command)
    }

    /// An editable install points into the folder it was made from, and so do the project installs of these tools.
    package static func linksOwnSource(_ install: String?) -> Bool {
        guard let words = install?.split(separator: " "), let tool = words.first else { return false }
        return words.contains("-e") || words.contains("--editable") || words.contains("sync")
            || (["poetry", "pdm"].contains(tool) && words.contains("install"))
    }

    /// `pip install .` copies the source into the environment, so its key must follow the source; an editable
    /// install and a requirements file do not.
    package static func installsOwnSource(_ install: String?) -> Bool {
        guard let words = install?.split(separator: " "), words.contains("install") || words.contains("sync") else {
            return false
        }
        guard !words.contains("-e"), !words.contains("--editable") else { return false }
        return words.contains { $0 == "." || $0.hasPrefix(".[") || $0.hasPrefix("'.[") || $0.hasPrefix("\".[") }
    }
}
