// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// One process of the application as the deployment files start it: a Compose service that is built here, or a
/// Dockerfile that no Compose file names.
struct DeployedUnit: Sendable {
    /// The Dockerfile that makes its image.
    let dockerfile: CheckedDockerfile
    /// The stage that runs.
    let stage: DockerfileStage
    /// The Compose file and service, when there are any.
    let compose: CheckedFile<ComposeFile>?
    let service: ComposeService?
    /// The folder that the build sees, when a file says it.
    let context: String?
    /// The application's service that the image holds, when that is certain.
    let app: Service?

    /// What people call it.
    var name: String { service?.name ?? dockerfile.location }

    /// The instructions that make the image.
    var instructions: [DockerfileInstruction] { dockerfile.lineage(of: stage) }

    /// Whether nobody deploys it.
    var isForDevelopment: Bool {
        DevelopmentPath.isLikely(dockerfile.location) || compose?.isForDevelopment == true
            || stage.name.map(DevelopmentPath.isLikely) == true
    }

    /// Whether the service runs the host's files in the place of the image's, as people do while they develop.
    var mountsItsSource: Bool {
        guard let service, let compose else { return false }
        let folders = [app?.directory, context].compactMap { $0 }
        return service.mounts.contains { mount in
            guard mount.kind == .bind, let path = mount.source.flatMap(compose.resolve) else { return false }
            return path == "." || folders.contains { $0 == path || $0.hasPrefix(path + "/") }
        }
    }

    /// The text that starts it, and where that stands; an entry script is replaced by its last line.
    var start: (text: String, file: String, line: Int)? {
        // An entry script that looks at no argument starts what it starts.
        let isDropped = service?.node["entrypoint"] == nil && scriptWithoutArguments != nil
        if let command = service?.command, let compose, !command.text.isEmpty, !isDropped {
            return opened(command.text) ?? (command.text, compose.location, command.line)
        }
        // An entry point of Compose takes the image's command away too.
        if let entry = service?.entrypoint, let compose, !entry.text.isEmpty {
            return opened(entry.text) ?? (entry.text, compose.location, entry.line)
        }
        return imageStart
    }

    /// The end of a script, where the text does nothing but start that.
    private func opened(_ text: String) -> (text: String, file: String, line: Int)? {
        let words = text.split { " '\"".contains($0) }.filter {
            !["sh", "bash", "/bin/sh", "/bin/bash", "-c"].contains($0)
        }
        guard words.count == 1, let script = script(of: [text]), let last = script.lastCommand,
            !last.text.contains("$@"), !last.text.contains("$*")
        else { return nil }
        return (last.text, script.path, last.line)
    }

    /// What the image starts by itself.
    var imageStart: (text: String, file: String, line: Int)? {
        let command = instructions.last { $0.keyword == "CMD" }
        let entry = instructions.last { $0.keyword == "ENTRYPOINT" }
        if let entry {
            guard let script = script(of: entry.arguments) else {
                let text = (entry.arguments + (entry.isJSON ? command?.arguments ?? [] : [])).joined(separator: " ")
                return (text, dockerfile.location, command?.line ?? entry.line)
            }
            guard let last = script.lastCommand else { return nil }
            if !last.text.contains("$@") { return (last.text, script.path, last.line) }
        }
        guard let command else { return nil }
        if let script = script(of: command.arguments), let last = script.lastCommand, !last.text.contains("$@") {
            return (last.text, script.path, last.line)
        }
        return (command.arguments.joined(separator: " "), dockerfile.location, command.line)
    }

    /// The server that it starts, npm's scripts looked up.
    var server: (line: ServerCommandLine, file: String, number: Int)? {
        guard let start, let command = ServerCommandLine(start.text, value: value) else { return nil }
        if let script = packageScript(command), let inner = ServerCommandLine(script) {
            return (inner, start.file, start.line)
        }
        return (command, start.file, start.line)
    }

    /// What the container is given under a name: by Compose, by its files (or the template that people copy to one), by
    /// the image.
    private func value(of name: String) -> String? {
        if let given = service?.environment.last(where: { $0.name == name })?.value {
            let text = Interpolation.expand(given) { _ in nil }
            return text.isEmpty || text.contains("$") ? nil : text
        }
        let tree = dockerfile.repository.tree
        for file in (service?.environmentFiles ?? []).reversed() {
            guard let path = compose?.resolve(file.path),
                let text = tree.text(path) ?? DotenvTemplates.of(path, in: tree).flatMap(tree.text),
                let found = Dotenv(parsing: text).expanded()[name], !found.isEmpty
            else { continue }
            return found
        }
        return instructions.filter { $0.keyword == "ENV" }.flatMap(\.pairs).last { $0.name == name }?.value
    }

    /// What `npm start` or `npm run NAME` runs.
    private func packageScript(_ command: ServerCommandLine) -> String? {
        guard ["npm", "yarn", "pnpm", "bun"].contains(command.program) else { return nil }
        var words = command.words.filter { !$0.hasPrefix("-") }
        if words.first == "run" { words.removeFirst() }
        guard let name = words.first else { return nil }
        let folders = [SourceTree.Entry(path: dockerfile.location).directory, context, app?.directory].compactMap { $0 }
        for folder in folders {
            guard let text = dockerfile.repository.tree.text(GoPath.clean(folder + "/package.json")) else { continue }
            if let script = JSONDocument(parsing: text).root?.at("scripts", name)?.text {
                // npm wants two dashes before what it passes on; the others pass on all that follows the name.
                let after = command.words.drop { $0 != name }.dropFirst()
                let passed = command.program == "npm" ? after.drop { $0 != "--" } : after
                let extra = passed.filter { $0 != "--" }.joined(separator: " ")
                return extra.isEmpty ? script : script + " " + extra
            }
        }
        return nil
    }

    /// The repository's script that an instruction starts.
    func script(of words: [String]) -> EntryScript? {
        let text = words.joined(separator: " ")
        let names = text.split { $0 == " " || $0 == "'" || $0 == "\"" }.map(String.init)
        guard
            let path = names.first(where: {
                !["sh", "bash", "/bin/sh", "/bin/bash", "ash", "tini", "--", "/bin/ash", "-c", "exec"].contains($0)
            }),
            path.hasSuffix(".sh") || path.contains("entrypoint")
        else { return nil }
        return EntryScript.find(path, for: self)
    }

    /// Ports that something in the image certainly listens on.
    var listeningPorts: Set<UInt16> {
        if let server, server.line.hasExplicitPort, let port = server.line.port { return [port] }
        let base = dockerfile.finalBase.map(ImageName.init)
        let isWhole = stage.index == dockerfile.stages.count - 1 && service?.command == nil
        if isWhole, base?.name.hasPrefix("nginx") == true, let ports = NginxConfigurations.ports(of: self) {
            return ports
        }
        // A variable can move a default, a configuration file too.
        if let server, let stated = GunicornFile(of: server.line, for: self) { return stated.ports }
        guard let server, let port = server.line.port, environmentPort == nil, !isConfigured(server.line) else {
            return isWhole || service?.command != nil ? CodePort(of: self).map { [$0.port] } ?? [] : []
        }
        // Flask's scripts say runserver as Django's do, and mean another port.
        if server.line.words.contains("runserver"), app?.framework != nil, app?.framework != "django" { return [] }
        return [port]
    }

    /// Whether the front end's configuration file says where its server listens.
    func isConfigured(_ line: ServerCommandLine) -> Bool {
        let tree = dockerfile.repository.tree
        if ["swift", "Run", "App"].contains(line.program) {
            return tree.files(ending: "swift").contains { entry in
                guard let bytes = tree.bytes(entry.path) else { return false }
                return ByteSearch.contains("configuration.port".utf8, in: bytes)
                    || ByteSearch.contains("\"PORT\"".utf8, in: bytes)
            }
        }
        guard ["vite", "vue-cli-service", "ng"].contains(line.program) else { return false }
        let folders = [SourceTree.Entry(path: dockerfile.location).directory, context, app?.directory].compactMap { $0 }
        let names = ["vite.config", "vue.config"].flatMap { name in
            ["ts", "mts", "js", "mjs", "cjs"].map { "\(name).\($0)" }
        }
        return folders.contains { folder in
            (names + ["angular.json"]).contains { name in
                guard let text = tree.text(GoPath.clean(folder + "/" + name)) else { return false }
                return ByteSearch.contains("host", in: text) || ByteSearch.contains("port:", in: text)
            }
        }
    }

    /// What PORT says in the image or the Compose file.
    var environmentPort: UInt16? {
        if let value = service?.environment.last(where: { $0.name == "PORT" })?.value { return UInt16(value) }
        let pairs = instructions.filter { $0.keyword == "ENV" }.flatMap(\.pairs)
        return pairs.last { $0.name == "PORT" }?.value.flatMap { UInt16($0.filter { $0 != "\"" }) }
    }

    /// Ports of EXPOSE.
    var exposedPorts: [UInt16] {
        instructions.filter { $0.keyword == "EXPOSE" }.flatMap(\.arguments).compactMap {
            UInt16($0.prefix { $0 != "/" })
        }
    }
}

/// A unit without the repository, which remembers it.
struct UnitSketch: Sendable {
    let dockerfile: String
    let stage: Int
    let compose: String?
    let service: String?
    let context: String?
    let app: Service?
}

extension CheckedRepository {
    /// Everything that a Dockerfile of the repository makes and somebody starts.
    var deployedUnits: [DeployedUnit] {
        let sketches = unitSketches.withLock { $0 } ?? sketchUnits()
        unitSketches.withLock { $0 = sketches }
        guard !sketches.isEmpty else { return [] }
        let files = Dictionary(composeFiles.map { ($0.location, $0) }) { first, _ in first }
        return sketches.compactMap { sketch in
            guard let dockerfile = dockerfile(sketch.dockerfile) else { return nil }
            let file = sketch.compose.flatMap { files[$0] }
            return DeployedUnit(
                dockerfile: dockerfile, stage: dockerfile.stages[sketch.stage], compose: file,
                service: sketch.service.flatMap { file?[$0] }, context: sketch.context, app: sketch.app)
        }
    }

    private func sketchUnits() -> [UnitSketch] {
        var found: [UnitSketch] = []
        // Dockerfiles whose last stage a Compose file starts; where it starts another one, the last is deployed elsewhere.
        var named: Set<String> = []
        for file in composeFiles {
            for service in file.services {
                guard let build = service.build, let dockerfile = file.dockerfile(of: service) else { continue }
                let stage =
                    build.target.flatMap { dockerfile.reading.file.stage($0, in: dockerfile.stages) }
                    ?? dockerfile.stages.last
                guard let stage else { continue }
                if stage.index == dockerfile.stages.count - 1 { named.insert(dockerfile.location) }
                let context = file.resolve(build.context)
                found.append(
                    UnitSketch(
                        dockerfile: dockerfile.location, stage: stage.index, compose: file.location,
                        service: service.name, context: context,
                        app: service.movesFiles ? nil : appService(of: dockerfile, context: context)))
            }
        }
        for file in composeFiles {
            for service in file.services where service.build == nil {
                guard let image = service.image?.text, let made = BuiltImages.dockerfile(of: image, in: self),
                    let dockerfile = dockerfile(made.dockerfile), let stage = dockerfile.stages.last
                else { continue }
                named.insert(dockerfile.location)
                found.append(
                    UnitSketch(
                        dockerfile: dockerfile.location, stage: stage.index, compose: file.location,
                        service: service.name, context: made.context,
                        app: service.movesFiles ? nil : appService(of: dockerfile, context: made.context)))
            }
        }
        for dockerfile in dockerfiles where !named.contains(dockerfile.location) {
            guard let stage = dockerfile.stages.last else { continue }
            found.append(
                UnitSketch(
                    dockerfile: dockerfile.location, stage: stage.index, compose: nil, service: nil, context: nil,
                    app: appService(of: dockerfile, context: nil)))
        }
        return found
    }

    /// One unit for each image: a Dockerfile's last stage, and others that a Compose file starts; where there is a choice
    /// not those for development.
    var images: [DeployedUnit] {
        let units = deployedUnits
        let deployed = Set(units.filter { !$0.isForDevelopment }.map(\.dockerfile.location))
        var seen: Set<String> = []
        return units.filter {
            ($0.isForDevelopment ? !deployed.contains($0.dockerfile.location) : true)
                && seen.insert("\($0.dockerfile.location)#\($0.stage.index)").inserted
        }
    }

    /// Two applications can stand in one folder, and an official image tells them apart; a database's runs neither.
    private static func canRun(_ language: String?, on base: String?) -> Bool {
        let official: [String: Set<String>] = [
            "node": ["javascript", "typescript"], "python": ["python"], "ruby": ["ruby"], "php": ["php"],
            "golang": ["go"],
        ]
        if let base, KnownImage.of(base)?.isStore == true { return false }
        guard let language, let base, let wanted = official[ImageName(base).repository] else { return true }
        return wanted.contains(language) || !official.values.contains { $0.contains(language) }
    }

    /// The application's service whose folder is the Dockerfile's, or the build's context.
    private func appService(of dockerfile: CheckedDockerfile, context: String?) -> Service? {
        guard let app else { return nil }
        let folder = SourceTree.Entry(path: dockerfile.location).directory
        for candidate in [folder, context].compactMap({ $0 }) {
            let here = app.services.filter { service in
                service.directory == candidate && service.role != .worker && service.role != .cron
                    && Self.canRun(service.language, on: dockerfile.finalBase)
            }
            if here.count == 1 { return here[0] }
            if here.count > 1 { return nil }
        }
        return nil
    }
}

/// A shell script that an image starts.
struct EntryScript: Sendable {
    let path: String
    let lines: [String]

    static func find(_ path: String, for unit: DeployedUnit) -> EntryScript? {
        let tree = unit.dockerfile.repository.tree
        let name = SourceTree.Entry(path: GoPath.clean(path)).name
        let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
        let all = tree.files(named: name)
        let near = all.filter { folder == "." || $0.path.hasPrefix(folder + "/") }
        let found = all.count == 1 ? all : near.count == 1 ? near : all.filter { $0.directory == folder }
        guard found.count == 1, let text = tree.text(found[0].path) else { return nil }
        return EntryScript(
            path: found[0].path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    /// The lines that run something, continuation lines joined.
    var commands: [(text: String, line: Int)] {
        var commands: [(text: String, line: Int)] = []
        var open: (text: String, line: Int)?
        for (index, raw) in lines.enumerated() {
            let line = raw.split(separator: "\r").joined().trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let start = open ?? ("", index + 1)
            let joined = start.text + (start.text.isEmpty ? "" : " ") + line
            if joined.hasSuffix("\\") {
                open = (String(joined.dropLast()), start.line)
            } else {
                commands.append((joined, start.line))
                open = nil
            }
        }
        return commands
    }

    /// The last of them; `nil` when the end depends on a condition.
    var lastCommand: (text: String, line: Int)? {
        guard let last = commands.last, !["fi", "done", "esac", "}", ";;"].contains(last.text) else { return nil }
        return last
    }

    /// Whether a failing command ends it.
    var stopsOnFailure: Bool {
        lines.contains { line in
            let text = line.trimmed
            return
                (text.hasPrefix("set -")
                && text.split(separator: " ").dropFirst().contains { $0.hasPrefix("-") && $0.contains("e") })
                || (text.hasPrefix("#!") && text.contains(" -")
                    && text.split(separator: "-").last?.contains("e") == true)
        }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
