// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What runs while somebody edits: the start command, with whatever its framework has for following changes.
package enum DevelopmentCommand {
    package static func text(of service: Service, in tree: SourceTree) -> String? {
        switch service.language {
        case "python": python(service)
        case "javascript", "typescript": node(service, tree)
        case "go": "go run \(goPackage(service))"
        case "rust": "cargo run"
        case "swift": "swift run"
        case "csharp": "dotnet watch run"
        case "elixir": elixir(service)
        case "java", "kotlin":
            service.build?.contains("gradle") == true ? "./gradlew bootRun" : "./mvnw spring-boot:run"
        default: service.start
        }
    }

    /// Where the development server listens.
    package static func port(of service: Service, in layout: Layout, _ tree: SourceTree) -> UInt16? {
        if let script = NodeDevelopmentScript(service, tree), let port = script.port { return port }
        guard service.role.isServedFromFiles else { return layout.port(of: service) }
        return service.language == nil ? nil : NodeDevelopmentScript.port(of: service.framework ?? "") ?? 5173
    }

    private static func python(_ service: Service) -> String? {
        guard let start = service.start else { return nil }
        if service.framework == "django", start.contains("wsgi"), let port = service.port {
            return
                "\(service.manageCommand) runserver 0.0.0.0:\(service.portVariable.map { "${\($0):-\(port)}" } ?? "\(port)")"
        }
        if start.hasPrefix("fastapi run") { return "fastapi dev --host 0.0.0.0" + start.dropFirst("fastapi run".count) }
        if start.hasPrefix("flask") { return start + " --debug" }
        guard ContainerCommand.isSimple(start) else { return start }
        return start.hasPrefix("uvicorn ") || start.hasPrefix("gunicorn ") ? start + " --reload" : start
    }

    private static func node(_ service: Service, _ tree: SourceTree) -> String? {
        if let script = NodeDevelopmentScript(service, tree) { return script.command }
        if let own = ofFramework(service, tree) { return own }
        guard let start = service.start, start.hasPrefix("node ") else { return service.start }
        let watching = "node --watch " + start.dropFirst("node ".count)
        // What the build leaves is not there yet: the source is mounted over the image's own copy.
        guard let build = service.build, !isInSource(start, of: service, tree) else { return watching }
        return build + " && " + watching
    }

    /// The framework's own server, where the package has no script for it.
    private static func ofFramework(_ service: Service, _ tree: SourceTree) -> String? {
        switch service.framework {
        case "nextjs" where service.role == .ssr: return "npx next dev -H 0.0.0.0 -p \(service.port ?? 3000)"
        case "vite" where service.role == .spa: return "npx vite --host 0.0.0.0 --port 5173"
        case "nestjs":
            let manifest = tree.text(Layout.join(service.directory, "package.json")) ?? ""
            return manifest.contains("\"@nestjs/cli\"") && service.start?.hasSuffix("dist/main") == true
                ? "npx nest start --watch" : nil
        default: return nil
        }
    }

    /// Whether the program of `node dist/main` lies in the repository.
    private static func isInSource(_ start: String, of service: Service, _ tree: SourceTree) -> Bool {
        guard let file = start.split(separator: " ").dropFirst().first(where: { !$0.hasPrefix("-") }) else {
            return true
        }
        let path = Layout.join(service.directory, file.hasPrefix("./") ? String(file.dropFirst(2)) : String(file))
        return ["", ".js", ".mjs", ".cjs", "/index.js"].contains { tree.contains(path + $0) }
    }

    /// A release does not follow the source, and was made without the packages of development.
    private static func elixir(_ service: Service) -> String? {
        guard service.start?.contains("_build/prod/rel/") == true else {
            return service.start?.replacing("MIX_ENV=prod ", with: "")
        }
        return "mix deps.get && " + (service.framework == "phoenix" ? "mix phx.server" : "mix run --no-halt")
    }

    /// `./cmd/api` of `go build -o bin/api ./cmd/api`.
    static func goPackage(_ service: Service) -> String {
        let last = service.build?.split(separator: " ").last.map(String.init) ?? "."
        return last.hasPrefix(".") ? last : "."
    }
}
