// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How images of one language are made.
///
/// The last stage is what runs; a stage `development` beside it runs the source that is mounted over it.
protocol ImageRecipe: Sendable {
    func accepts(_ service: Service) -> Bool
    func stages(_ input: ImageInput) -> [DockerStage]
    /// A command of the repository as it is typed in the image: what was compiled lies elsewhere there.
    /// - Parameter isDevelopment: In the stage `development`, beside the source.
    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String
    /// Programs that the image's commands start and that neither the code nor the language brings.
    func tools(_ input: ImageInput) -> [InstalledTool]
}

extension ImageRecipe {
    /// Code that runs as it stands in the repository is started as it is there.
    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String { text }
    func tools(_ input: ImageInput) -> [InstalledTool] { [] }
}

/// Every recipe, the first that accepts a service makes its image.
enum ImageRecipes {
    static let all: [any ImageRecipe] = [
        StaticImage(), DenoImage(), NodeImage(), PythonImage(), GoImage(), RustImage(), SwiftImage(), RubyImage(),
        PHPImage(), JavaImage(), DotNetImage(), ElixirImage(),
        PlainImage(),
    ]

    static func recipe(for service: Service) -> (any ImageRecipe)? { all.first { $0.accepts(service) } }
}

extension ImageInput {
    /// What every last stage ends with: who runs, where it listens, how it is asked, what it starts.
    ///
    /// Only folders that must survive belong to the process; it cannot change its own code.
    /// - Parameter scratch: Folders below the code that its framework writes to besides.
    func finish(
        _ stage: inout DockerStage, tool: HealthProbe.Tool, startPeriod: Int = 30, scratch: [String] = []
    ) {
        var defaults: [(String, String)] = []
        if let host = service.hostVariable { defaults.append((host, "0.0.0.0")) }
        let port = layout.port(of: service)
        if let port, let variable = service.portVariable { defaults.append((variable, String(port))) }
        stage.environment(defaults)
        stage.own(
            WritableFolders.paths(of: image, in: layout) + scratch.map { folder + "/" + $0 }
                + layout.handedOver(by: image),
            linking: layout.linkedFiles(of: image))
        label(&stage)
        stage.user(Self.user)
        if let port { stage.expose(port) }
        let probe = port.map { port in
            HealthProbe(
                tool: tool, port: port, variable: service.portVariable,
                path: layout.healthPath(of: service).flatMap { $0.isEmpty ? nil : $0 },
                isForwarded: service.framework == "django")
        }
        stage.healthcheck(probe?.words, startPeriod: startPeriod)
        start(&stage, service.start)
    }

    func label(_ stage: inout DockerStage) {
        stage.argument("VERSION", default: "dev")
        stage.argument("REVISION", default: "unknown")
        stage.labels([
            ("org.opencontainers.image.title", image.name), ("org.opencontainers.image.version", "${VERSION}"),
            ("org.opencontainers.image.revision", "${REVISION}"),
        ])
    }

    func start(_ stage: inout DockerStage, _ text: String?) {
        guard let text else {
            stage.comment("No start command was found; state it in slipway.yml: services.\(service.name).start")
            return stage.command(["sh", "-c", "echo 'no start command' >&2; exit 64"])
        }
        stage.command(ContainerCommand.words(text))
    }

    /// The account that runs the process, on Debian and Ubuntu. Without a time of its own, useradd(8) notes today's date
    /// in /etc/shadow, and tomorrow's layer is another one.
    func addUser(_ stage: inout DockerStage) {
        stage.run([
            "groupadd --gid 1000 \(Self.userName)",
            "SOURCE_DATE_EPOCH=0 useradd --uid 1000 --gid 1000 --create-home --shell /usr/sbin/nologin \(Self.userName)",
        ])
    }

    /// The stage that `docker-compose.dev.yml` runs: the source is mounted over the copy.
    func develop(_ stage: inout DockerStage) {
        let command = DevelopmentCommand.text(of: service, in: tree)
        if let host = service.hostVariable { stage.environment([(host, "0.0.0.0")]) }
        if let port = DevelopmentCommand.port(of: service, in: layout, tree) { stage.expose(port) }
        start(&stage, command)
    }
}

/// Folders whose files must survive, where an image has them.
package enum WritableFolders {
    /// Absolute paths in the image, sorted.
    package static func paths(of image: Layout.Image, in layout: Layout) -> [String] {
        var names = Set(image.services.flatMap(\.writableDirectories))
        // Nothing leads there in an image that somebody else made, unless a variable does.
        let isUsed = !layout.isHandwritten(image) || layout.usesSQLite(image)
        if isUsed, image.services.contains(where: layout.needsDatabaseFolder) { names.insert(Layout.databaseFolder) }
        // A new volume belongs to root where an image has no such folder; a hand-written one whose process is not root
        // writes its logs where it could before.
        if let theirs = layout.handwritten(image), !theirs.runsAsRoot {
            names = names.filter { !PassingFolder.isPassing($0) }
        }
        return names.map { layout.path(ofWritable: $0, of: image.owner) }.sorted()
    }
}

extension Layout.Image {
    /// Folders of the repository whose files must survive, as far as they are not the code's own.
    var dataFolders: [String] {
        services.flatMap { service in
            service.writableDirectories.filter { !$0.hasPrefix("/") && $0 != "." }.map {
                PythonInstaller.normalized(Layout.join(service.directory, $0))
            }
        }
    }
}

extension Layout.Image {
    /// Folders of the repository that the build fills for others to serve.
    var collectedFolders: [String] {
        services.flatMap { service in
            (service.publicFolders ?? []).filter { !service.writes($0) }.map {
                PythonInstaller.normalized(Layout.join(service.directory, $0.directory))
            }
        }
    }
}

extension Layout {
    /// Where a database file is kept, below the code.
    package static let databaseFolder = "data"

    /// Whether something of a service is kept in the folder for database files. Python's own files are known by name,
    /// and one that lies in a folder of its own is kept there.
    func needsDatabaseFolder(_ service: Service) -> Bool {
        if service.writableFiles?.isEmpty == false { return true }
        let databases = service.uses.compactMap { fileDatabases[$0] }
        guard !databases.isEmpty else { return false }
        return service.language != "python" || service.writableDirectories.isEmpty
            || databases.contains { $0.variable != nil }
    }

    /// Files beside the code that processes write, by where they are kept in the image.
    func linkedFiles(of image: Image) -> [(path: String, target: String)] {
        let folder = path(ofWritable: Layout.databaseFolder, of: image.owner)
        var taken: Set<String> = []
        var names: Set<String> = []
        var found: [(path: String, target: String)] = []
        for service in image.services {
            for file in service.writableFiles ?? [] where !file.hasPrefix("/") {
                let path = self.path(ofWritable: file, of: service)
                guard taken.insert(path).inserted else { continue }
                let last = path.lastPathComponent
                let name = names.insert(last).inserted ? last : String(path.dropFirst()).swapping("/", with: "-")
                found.append((path, "\(folder)/\(name)"))
            }
        }
        return found
    }

    /// Whether a process of the image keeps its database in a file.
    package func usesSQLite(_ image: Image) -> Bool {
        image.services.contains { service in service.uses.contains { fileDatabases[$0] != nil } }
    }
}
