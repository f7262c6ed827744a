// SPDX-License-Identifier: Apache-2.0

/// One process type of an application, or one set of files that the edge serves.
///
/// Commands are POSIX shell text that runs in ``directory``.
public struct Service: Equatable, Sendable {
    /// Unique within the app spec; lower-case letters, digits and hyphens.
    public var name: String
    /// Relative to the source tree's root, `.` for the root itself.
    public var directory: String
    /// Decides how it is built, routed and probed.
    public var role: Role
    /// `python`, `javascript`, `typescript`, `swift`, `go`, ... in lower case; `nil` for plain files.
    public var language: String?
    /// As narrow as the repository says it: `3.11`, `20`, `6.1`.
    public var languageVersion: String?
    /// `fastapi`, `django`, `express`, `vite`, `nextjs`, ... in lower case.
    public var framework: String?
    /// `pip`, `uv`, `poetry`, `npm`, `pnpm`, `yarn`, `bun`, `swiftpm`, `go`, `cargo`, ...
    public var packageManager: String?
    /// Installs the dependencies, from the lock file where there is one.
    public var install: String?
    /// Turns source into what runs or is served; `nil` when nothing is built.
    public var build: String?
    /// Starts the process; `nil` for services that are served from files.
    public var start: String?
    /// Runs once per release before the new processes start: migrations.
    public var release: String?
    /// Runs after ``release`` in development only: seed data.
    public var seed: String?
    /// Where the process listens when nothing else is said.
    public var port: UInt16?
    /// The variable that moves ``port``; `nil` when the port is fixed in the code.
    public var portVariable: String?
    /// The variable that sets the bind address; `nil` when it is fixed.
    public var hostVariable: String?
    /// Path with its prefix that answers 2xx when the service can work.
    public var healthPath: String?
    /// More paths with their prefix that must answer well before a release gets requests; `nil` when nobody named any.
    public var smokePaths: [String]?
    /// Relative to ``directory``; what the build leaves to be served.
    public var outputDirectory: String?
    /// Debian packages that the process needs while it runs.
    public var systemPackages: [String]
    /// Debian packages that are needed only while dependencies are installed or built.
    public var buildPackages: [String]
    /// Relative to ``directory``; must survive a restart.
    public var writableDirectories: [String]
    /// Files relative to ``directory`` that the process writes beside its code: a database, a log. Their folder cannot be
    /// kept, because it holds the code; `nil` when there are none.
    public var writableFiles: [String]?
    /// What others must serve for the process; `nil` when it serves everything itself.
    public var publicFolders: [PublicFolder]?
    /// Names of resources and of services that this one needs.
    public var uses: [String]
    /// Path prefixes under the application's one address that belong to this service.
    public var routes: [String]
    /// Those of ``routes`` that are taken off before the process gets the request: `/api` where it answers `/users` and
    /// browsers ask for `/api/users`; `nil` when there are none.
    public var strippedRoutes: [String]?
    /// Why there may be only one instance; `nil` when several may run.
    public var singleInstance: String?
    /// How many processes of it share the requests; `nil` for one.
    public var replicas: Int?
    /// Script beside the pages that their container writes from its environment when it starts; `nil` when every value is
    /// baked in by the build.
    public var runtimeConfig: String?

    package init(
        name: String, directory: String, role: Role, language: String? = nil, languageVersion: String? = nil,
        framework: String? = nil, packageManager: String? = nil, install: String? = nil, build: String? = nil,
        start: String? = nil, release: String? = nil, seed: String? = nil, port: UInt16? = nil,
        portVariable: String? = nil, hostVariable: String? = nil, healthPath: String? = nil,
        outputDirectory: String? = nil, systemPackages: [String] = [], buildPackages: [String] = [],
        writableDirectories: [String] = [], uses: [String] = [], routes: [String] = [], singleInstance: String? = nil,
        replicas: Int? = nil, runtimeConfig: String? = nil, smokePaths: [String]? = nil,
        writableFiles: [String]? = nil, publicFolders: [PublicFolder]? = nil,
        strippedRoutes: [String]? = nil
    ) {
        self.name = name
        self.directory = directory
        self.role = role
        self.language = language
        self.languageVersion = languageVersion
        self.framework = framework
        self.packageManager = packageManager
        self.install = install
        self.build = build
        self.start = start
        self.release = release
        self.seed = seed
        self.port = port
        self.portVariable = portVariable
        self.hostVariable = hostVariable
        self.healthPath = healthPath
        self.outputDirectory = outputDirectory
        self.systemPackages = systemPackages
        self.buildPackages = buildPackages
        self.writableDirectories = writableDirectories
        self.uses = uses
        self.routes = routes
        self.singleInstance = singleInstance
        self.replicas = replicas
        self.runtimeConfig = runtimeConfig
        self.smokePaths = smokePaths
        self.writableFiles = writableFiles
        self.publicFolders = publicFolders
        self.strippedRoutes = strippedRoutes
    }

    /// The path that the process itself gets for one that a visitor asks for.
    package func inside(_ path: String) -> String {
        let route = (strippedRoutes ?? []).filter { path == $0 || path.hasPrefix($0 + "/") }
            .max { $0.utf8.count < $1.utf8.count }
        guard let route else { return path }
        return path == route ? "/" : String(path.dropFirst(route.count))
    }

    /// The path that visitors ask for where the process gets another: the first of ``strippedRoutes`` before it.
    package func outside(_ path: String) -> String {
        let answers = routes.contains { path == $0 || path.hasPrefix($0 + "/") }
        guard !answers, let route = strippedRoutes?.first else { return path }
        return path == "/" ? route : route + path
    }

    /// What a release is asked for before it gets requests: ``healthPath`` and ``smokePaths``.
    package var verifiedPaths: [String] {
        ((healthPath.map { [$0] } ?? []) + (smokePaths ?? [])).map { $0.hasPrefix("/") ? $0 : "/" + $0 }
    }
}

extension Service: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, directory, role, language, languageVersion, framework, packageManager, install, build, start
        case release, seed, port, portVariable, hostVariable, healthPath, outputDirectory, systemPackages
        case buildPackages, writableDirectories, uses, routes, singleInstance, replicas, runtimeConfig
        case smokePaths, writableFiles, publicFolders, strippedRoutes
    }

    /// Writes every key that is detected, absent values as `null`, so that a script can rely on the keys being there.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(directory, forKey: .directory)
        try container.encode(role, forKey: .role)
        try container.encode(language, forKey: .language)
        try container.encode(languageVersion, forKey: .languageVersion)
        try container.encode(framework, forKey: .framework)
        try container.encode(packageManager, forKey: .packageManager)
        try container.encode(install, forKey: .install)
        try container.encode(build, forKey: .build)
        try container.encode(start, forKey: .start)
        try container.encode(release, forKey: .release)
        try container.encode(seed, forKey: .seed)
        try container.encode(port, forKey: .port)
        try container.encode(portVariable, forKey: .portVariable)
        try container.encode(hostVariable, forKey: .hostVariable)
        try container.encode(healthPath, forKey: .healthPath)
        try container.encode(outputDirectory, forKey: .outputDirectory)
        try container.encode(systemPackages, forKey: .systemPackages)
        try container.encode(buildPackages, forKey: .buildPackages)
        try container.encode(writableDirectories, forKey: .writableDirectories)
        try container.encode(uses, forKey: .uses)
        try container.encode(routes, forKey: .routes)
        try container.encode(singleInstance, forKey: .singleInstance)
        try container.encodeIfPresent(replicas, forKey: .replicas)
        // Only a person asks for these, so nobody looks for them where they are not.
        try container.encodeIfPresent(runtimeConfig, forKey: .runtimeConfig)
        try container.encodeIfPresent(smokePaths, forKey: .smokePaths)
        try container.encodeIfPresent(writableFiles, forKey: .writableFiles)
        try container.encodeIfPresent(publicFolders, forKey: .publicFolders)
        try container.encodeIfPresent(strippedRoutes, forKey: .strippedRoutes)
    }
}
