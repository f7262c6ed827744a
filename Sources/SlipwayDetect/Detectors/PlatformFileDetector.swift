// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What render.yaml, fly.toml, railway.json, netlify.toml, vercel.json and app.json say about commands, ports and checks.
struct PlatformFileDetector: Detector {
    let name = "platform-files"
    let account = DetectorAccount(
        recognises:
            "Commands, ports, checks, release steps and output folders that other platforms were told.",
        reads: ["render.yaml", "fly.toml", "railway.json and .toml", "netlify.toml", "vercel.json"],
        confidence: "70 to 85 %")

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        var found: [Evidence] = []
        for entry in files(["render.yaml", "render.yml"], tree) { found += render(entry, repository) }
        for entry in files(["fly.toml", "fly.production.toml"], tree) { found += fly(entry, repository) }
        for entry in files(["railway.json", "railway.toml"], tree) { found += railway(entry, repository) }
        for entry in files(["netlify.toml"], tree) { found += netlify(entry, repository) }
        for entry in files(["vercel.json"], tree) { found += vercel(entry, repository) }
        return found
    }

    private func files(_ names: [String], _ tree: SourceTree) -> [SourceTree.Entry] {
        names.flatMap { tree.files(named: $0) }.filter { !Candidate.isAside($0.directory) }
    }

    private func evidence(
        _ subject: Subject, _ claim: Claim, _ file: String, _ line: Int?, _ why: String,
        _ confidence: Double = Confidence.toolFile
    ) -> Evidence {
        .claim(claim, for: subject, file: file, line: line, why: why, confidence: confidence)
    }

    /// A start command as far as it works here: it moves to the port that it is given.
    private func start(
        _ text: String, _ folder: String, _ file: String, _ line: Int?, _ repository: Repository
    ) -> [Evidence] {
        let web = Subject(folder, Subject.web)
        let parts = ServerCommand.commands(in: text)
        guard let last = parts.last, let command = ServerCommand(last), !command.isDevelopment else { return [] }
        let migrations = parts.dropLast().filter(Migrations.isMigration)
        guard migrations.count == parts.count - 1, Self.isPortable(last, folder, repository.tree) else { return [] }
        var found = migrations.map { evidence(web, .release($0), file, line, text) }
        let isServer = repository.targets(in: folder).contains { command.target == $0 || command.target == "\($0)()" }
        if command.target != nil, isServer {
            found.append(evidence(web, .start(command.listening(usualPort: nil)), file, line, text, 0.82))
        }
        if let port = command.port { found.append(evidence(web, .port(port), file, line, text)) }
        return found
    }

    private static func isPortable(_ command: String, _ folder: String, _ tree: SourceTree) -> Bool {
        ServerCommand.split(command).allSatisfy { word in
            guard word.hasSuffix(".py") || word.hasSuffix(".js") || word.hasSuffix(".sh") else { return true }
            return PathText.normalized(folder.appending(path: word)).map(tree.contains) ?? false
        }
    }

    private func worker(_ name: String, _ text: String, _ folder: String, _ file: String, _ line: Int?) -> [Evidence] {
        let process = Subject(folder, WorkerProcess.name(of: text, given: name))
        return [
            evidence(process, .role(.worker), file, line, text),
            evidence(process, .start(StartCommand(text)), file, line, text),
        ]
    }

    private func render(_ entry: SourceTree.Entry, _ repository: Repository) -> [Evidence] {
        RenderBlueprint(parsing: repository.tree.text(entry.path) ?? "").services.flatMap { service -> [Evidence] in
            guard let root = PathText.normalized(service.rootDirectory?.text ?? "."),
                root == "." || repository.tree.hasDirectory(root)
            else { return [] }
            let folder = Self.folder(of: service, root, repository)
            let web = Subject(folder, Subject.web)
            var found: [Evidence] = []
            if let path = service.healthPath {
                found.append(evidence(web, .healthPath(path.text), entry.path, path.position.line, "healthCheckPath"))
            }
            if let release = service.releaseCommand {
                found.append(
                    evidence(web, .release(release.text), entry.path, release.position.line, "preDeployCommand"))
            }
            if let output = service.publishDirectory, let inside = PathText.normalized(output.text) {
                found.append(
                    evidence(
                        Subject(folder, Subject.site), .outputDirectory(inside.relative(to: folder) ?? inside),
                        entry.path, output.position.line, "staticPublishPath"))
            }
            guard let command = service.startCommand else { return found }
            if service.type == "worker" {
                let script = CommandEvidence(repository).script(in: command.text, folder)
                if script != nil || command.text.hasPrefix("make ") {
                    return found
                        + CommandEvidence(repository).claims(
                            command.text, folder: folder, file: entry.path, line: command.position.line,
                            confidence: Confidence.toolFile, worker: service.name?.text ?? "worker")
                }
                return found
                    + worker(service.name?.text ?? "worker", command.text, folder, entry.path, command.position.line)
            }
            return found + start(command.text, folder, entry.path, command.position.line, repository)
        }
    }

    /// Where an image's code stands when no folder is given: with the image's file, when the command's script does.
    private static func folder(of service: RenderBlueprint.Service, _ root: String, _ repository: Repository) -> String
    {
        guard root == ".", let dockerfile = service.dockerfile.flatMap({ PathText.normalized($0.text) }) else {
            return root
        }
        let place = dockerfile.parentDirectory
        guard place != ".", repository.images.contains(where: { $0.image.path == dockerfile }) else { return root }
        return ServiceFolders(repository).folder(context: place, dockerfile: dockerfile, copied: []) ?? root
    }

    private func fly(_ entry: SourceTree.Entry, _ repository: Repository) -> [Evidence] {
        let file = FlyToml(parsing: repository.tree.text(entry.path) ?? "")
        let folder = entry.directory
        let web = Subject(folder, Subject.web)
        var found: [Evidence] = []
        if let service = file.services.first {
            if let port = service.internalPort.flatMap({ UInt16(exactly: $0) }) {
                let line = service.node["internal_port"]?.line
                found.append(evidence(web, .port(port), entry.path, line, "internal_port", 0.7))
            }
            if let path = service.checkPaths.first {
                found.append(evidence(web, .healthPath(path.text), entry.path, path.position.line, "check"))
            }
        }
        if let command = file.releaseCommand, Self.isPortable(command.text, folder, repository.tree) {
            found.append(
                evidence(web, .release(command.text), entry.path, command.position.line, "release_command", 0.85))
        }
        let served = Set(file.services.flatMap(\.processes))
        for process in file.processes where file.processes.count > 1 {
            let command = process.command
            let isServed = served.isEmpty ? ["app", "web"].contains(process.name) : served.contains(process.name)
            if isServed {
                found += start(command.text, folder, entry.path, command.position.line, repository)
            } else if Self.isPortable(command.text, folder, repository.tree) {
                found += worker(process.name, command.text, folder, entry.path, command.position.line)
            }
        }
        return found
    }

    private func railway(_ entry: SourceTree.Entry, _ repository: Repository) -> [Evidence] {
        let file = RailwayConfig(parsing: repository.tree.text(entry.path) ?? "")
        let web = Subject(entry.directory, Subject.web)
        var found: [Evidence] = []
        if let path = file.healthPath {
            found.append(evidence(web, .healthPath(path.text), entry.path, path.position.line, "healthcheckPath"))
        }
        if let release = file.releaseCommand {
            found.append(evidence(web, .release(release.text), entry.path, release.position.line, "preDeployCommand"))
        }
        if let command = file.startCommand {
            found += start(command.text, entry.directory, entry.path, command.position.line, repository)
        }
        return found
    }

    /// A site's build as its host runs it.
    private func site(
        _ folder: String, build: DataNode?, output: String?, _ file: String, _ repository: Repository
    ) -> [Evidence] {
        let published = output.flatMap { PathText.normalized(folder.appending(path: $0)) }
        // `npm run build --prefix client` at the root: the package that is built there knows how.
        let inner = repository.nodeApplications.filter { $0.front != nil && $0.project.directory != folder }
            .map(\.project.directory).filter { published?.relative(to: $0) != nil }.max { $0.count < $1.count }
        if let inner, let place = published?.relative(to: inner) {
            let subject = Subject(inner, Subject.site)
            return [evidence(subject, .outputDirectory(place), file, build?.line, "publish \(output ?? place)", 0.85)]
        }
        let project = repository.node.first { $0.directory == folder }
        let isBuilt = repository.nodeApplications.contains { $0.project.directory == folder && $0.front != nil }
        guard repository.tree.hasDirectory(folder), let output, let inside = PathText.normalized(output) else {
            return []
        }
        // A rendering server has no folder to serve.
        if repository.nodeApplications.contains(where: { $0.project.directory == folder && $0.front?.role == .ssr }) {
            return []
        }
        let subject = Subject(folder, Subject.site)
        let place = inside.relative(to: folder) ?? inside
        var found = [evidence(subject, .outputDirectory(place), file, build?.line, "publish \(output)", 0.85)]
        guard let build, let command = build.string else { return found }
        if project != nil, !isBuilt, !repository.hasService(in: folder) {
            found.append(evidence(subject, .role(.spa), file, build.line, command, Confidence.dependency))
        }
        if !command.contains("cd ") {
            found.append(evidence(subject, .build(command), file, build.line, command, 0.85))
        }
        return found
    }

    private func netlify(_ entry: SourceTree.Entry, _ repository: Repository) -> [Evidence] {
        let build = TOMLDocument(parsing: repository.tree.text(entry.path) ?? "").root?["build"]
        let base = build?["base"]?.string.flatMap { PathText.normalized($0) } ?? "."
        let folder = entry.directory.appending(path: base)
        // Since builds have a base, the folder to publish is written from it or from the repository's root.
        return site(
            folder, build: build?["command"], output: build?["publish"]?.string, entry.path, repository)
    }

    private func vercel(_ entry: SourceTree.Entry, _ repository: Repository) -> [Evidence] {
        let root = JSONText.root(of: repository.tree.text(entry.path) ?? "")
        return site(
            entry.directory, build: root?["buildCommand"], output: root?["outputDirectory"]?.string, entry.path,
            repository)
    }
}
