// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Compose files: versions of databases, workers beside the web process, ports, health checks, what runs before a start.
struct ComposeDetector: Detector {
    let name = "compose"
    let account = DetectorAccount(
        recognises:
            "Versions and kinds of databases, workers beside the web process, ports, health checks, folders that are kept, steps that must complete before others start.",
        reads: ["compose and docker-compose files", "the env_file that a service names"],
        confidence: "65 to 85 %, less for files for development")

    /// Folders in which images keep the code, taken off before a mounted path is compared with the repository.
    private static let imageRoots = [
        "/app/", "/code/", "/usr/src/app/", "/srv/", "/home/app/", "/opt/app/", "/src/", "/workspace/", "/backend/",
    ]

    /// Code that is mounted while developing, and what tools write for people.
    private static let otherMounts: Set<String> = [
        "node_modules", "venv", "src", "app", "static", "staticfiles", "coverage", "htmlcov", "reports", "report",
        "test-results", "test_results", "playwright-report", "blob-report", "tests", "test", "docs", "dist", "build",
        "target", "vendor", "config", "scripts", "migrations", "templates", "public", "lib", "bin",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let folders = ServiceFolders(repository)
        return repository.composeFiles.flatMap { file -> [Evidence] in
            let weight =
                ["dev", "test", "local", "override"].contains { file.path.lastPathComponent.contains($0) } ? 0.7 : 1.0
            let places = file.services.reduce(into: [String: String]()) { places, service in
                guard let context = service.context else { return }
                let path =
                    service.dockerfile.flatMap { PathText.normalized(context.appending(path: $0)) }
                    ?? context.appending(path: "Dockerfile")
                let image = repository.images.first { $0.image.path == path }?.image
                // A Node image beside a Python application builds or shows its pages.
                if let image, image.isNode,
                    folders.folder(context: context, dockerfile: path, copied: image.copied)
                        .map(repository.hasPythonService) == true
                {
                    return
                }
                // An image that takes nothing from its context runs someone else's program.
                if let image, image.copied.isEmpty, !service.mounts.contains(where: { $0.source.hasPrefix(".") }) {
                    return
                }
                places[service.name] = folders.folder(context: context, dockerfile: path, copied: image?.copied ?? [])
            }
            return file.services.flatMap { service -> [Evidence] in
                if let folder = places[service.name] { return built(service, folder, file, places, weight, repository) }
                let found = resource(service, file, weight)
                return found.isEmpty ? published(service, file, folders, weight) : found
            }
        }
    }

    /// An image that is built elsewhere and has the name of a folder with code: `ports` speak of that code.
    private func published(
        _ service: ComposeFile.Service, _ file: ComposeFile, _ folders: ServiceFolders, _ weight: Double
    ) -> [Evidence] {
        guard let image = service.image?.text, let name = image.split(separator: "/").last,
            let folder = folders.named(String(name.prefix { $0 != ":" && $0 != "@" }))
        else { return [] }
        return service.ports.prefix(1).map { port in
            .claim(
                .port(port.number), for: Subject(folder, Subject.web), file: file.path, line: port.line,
                why: "container port of image \(image)", confidence: 0.65 * weight)
        }
    }

    /// The script that an image of the repository hands its command to.
    private func entrypoint(_ service: ComposeFile.Service, _ folder: String, _ repository: Repository) -> String? {
        guard let context = service.context,
            let path = PathText.normalized(context.appending(path: service.dockerfile ?? "Dockerfile")),
            let words = repository.images.first(where: { $0.image.path == path })?.image.entrypoint
        else { return nil }
        let names = words.map(\.trimmingQuotes).filter { $0.hasSuffix(".sh") || $0.contains("entrypoint") }
        let folders = [folder, context, path.parentDirectory]
        return names.lazy.flatMap { name in
            let parts = name.split(separator: "/")
            // Absolute in an image: as much of the end as the repository has.
            return parts.indices.flatMap { start in
                folders.map { $0.appending(path: parts[start...].joined(separator: "/")) }
            }
        }.compactMap { PathText.normalized($0) }.first(where: repository.tree.contains)
    }

    private func resource(_ service: ComposeFile.Service, _ file: ComposeFile, _ weight: Double) -> [Evidence] {
        guard let image = service.image, let kind = ImageKinds.kind(of: image.text) else { return [] }
        let origin = Origin(
            file: file.path, line: image.line, why: "image \(image.text)", confidence: Confidence.toolFile * weight)
        return [
            .resource(
                kind, version: ImageKinds.version(of: image.text), variable: nil, image: ImageKinds.kept(image.text),
                origin)
        ]
    }

    private func built(
        _ service: ComposeFile.Service, _ folder: String, _ file: ComposeFile, _ places: [String: String],
        _ weight: Double, _ repository: Repository
    ) -> [Evidence] {
        var found: [Evidence] = []
        func claim(_ claim: Claim, _ subject: Subject, _ line: Int, _ why: String, _ confidence: Double) {
            found.append(
                .claim(claim, for: subject, file: file.path, line: line, why: why, confidence: confidence * weight))
        }
        let shared = Subject(folder, nil)
        let web = Subject(folder, Subject.web)
        let completes = file.services.contains { other in
            other.dependencies.contains { $0.name == service.name && $0.mustComplete }
        }
        for dependency in service.dependencies {
            guard let other = file.services.first(where: { $0.name == dependency.name }), let image = other.image,
                let kind = ImageKinds.kind(of: image.text), places[other.name] == nil
            else { continue }
            claim(.needs(kind), shared, service.line, "\(service.name) depends on \(other.name)", 0.75)
        }
        for variable in service.environment {
            guard
                let other = file.services.first(where: {
                    variable.value.contains("@\($0.name):") || variable.value.contains("//\($0.name):")
                        || variable.value.contains("@\($0.name)/")
                }),
                let image = other.image, let kind = ImageKinds.kind(of: image.text)
            else { continue }
            found.append(
                .resource(
                    kind, version: nil, variable: variable.name,
                    Origin(
                        file: file.path, line: variable.line, why: "\(variable.name) names \(other.name)",
                        confidence: 0.7 * weight)))
            claim(.needs(kind), shared, variable.line, "\(variable.name) names \(other.name)", 0.75)
        }
        if completes {
            if let command = service.command,
                !ServerCommand.split(command.text).contains(where: { $0.hasPrefix("/") && $0.hasSuffix(".sh") })
            {
                let script = CommandEvidence(repository).script(in: command.text, folder)
                    .flatMap { repository.tree.text($0) }.flatMap(Migrations.commands)
                claim(
                    .release(script ?? command.text), web, command.line,
                    "\(service.name) must complete before others start", 0.85)
            }
            return found
        }
        let listens = !service.ports.isEmpty || service.healthPath != nil
        if let command = service.command {
            let worker = listens ? nil : service.name
            found += CommandEvidence(repository).claims(
                command.text, folder: folder, file: file.path, line: command.line, confidence: 0.78 * weight,
                worker: worker, entrypoint: entrypoint(service, folder, repository))
        }
        for (name, value, file, line) in service.fileEnvironment(in: repository.tree)
        where name == "PORT" || name == "APP_PORT" || name == "SERVER_PORT" {
            guard let port = UInt16(value), listens else { continue }
            found.append(
                .claim(
                    .port(port), for: web, file: file, line: line, why: "\(name) of an env_file",
                    confidence: 0.6 * weight))
        }
        for port in service.ports.prefix(1) where listens {
            claim(.port(port.number), web, port.line, "container port in Compose", 0.65)
        }
        if let path = service.healthPath {
            claim(.healthPath(path.text), web, path.line, "health check in Compose", 0.75)
        }
        for mount in service.mounts {
            guard let root = Self.imageRoots.first(where: { mount.target.hasPrefix($0) }) else { continue }
            let inner = String(mount.target.dropFirst(root.count))
            guard let place = PathText.normalized(inner), place != ".",
                !Self.otherMounts.contains(place.lastPathComponent.lowercased()),
                // One file, given to be read.
                !repository.tree.contains(folder.appending(path: place)), !place.lastPathComponent.contains("."),
                !repository.tree.files(under: folder.appending(path: place)).contains(where: {
                    [".py", ".js", ".ts", ".tsx", ".go", ".rb"].contains(where: $0.name.hasSuffix)
                })
            else { continue }
            claim(.writableDirectory(place), shared, mount.line, "volume at \(mount.target)", 0.7)
        }
        return found
    }
}
