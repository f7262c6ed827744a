// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What a package is made of when it runs: its front end, its server, its workers. Read once for all detectors.
struct NodeApplication: Sendable {
    let project: NodeProject
    /// The packages of the workspace that it uses, directly or through others.
    let libraries: [NodeProject]
    let front: NodeFrontEnd?
    let server: NodeServer?
    /// Other programs of the package that answer HTTP.
    private(set) var programs: [(name: String, server: NodeServer)] = []
    let workers: [NodeWorker]

    static func all(_ projects: [NodeProject], _ tree: SourceTree) -> [NodeApplication] {
        let named = Dictionary(
            projects.compactMap { project in project.manifest.name.map { ($0, project) } }, uniquingKeysWith: { $1 })
        let used = Set(projects.flatMap { $0.manifest.dependencyNames.map(\.name) }).intersection(named.keys)
        return projects.map { NodeApplication($0, named, isUsed: $0.manifest.name.map(used.contains) ?? false, tree) }
    }

    private init(_ project: NodeProject, _ named: [String: NodeProject], isUsed: Bool, _ tree: SourceTree) {
        self.project = project
        libraries = Self.libraries(of: project, named)
        if let nx = project.nx {
            front = nx.front(project, tree)
            server = nx.kind == .server ? NodeServer(nx, project, tree) : nil
            workers = []
            return
        }
        guard !project.isTool, !project.holdsApplications else {
            (front, server, workers) = (nil, nil, [])
            return
        }
        var front = NodeFrontEnd.find(in: project, tree)
        if front?.framework == "vite",
            Self.rendersItself(project, tree) || ServedBundle.isServed(front, by: project, tree)
        {
            front = nil
        }
        self.front = front
        let applications = NestPrograms.applications(of: project, tree)
        if front?.role == .ssr {
            server = nil
        } else if front != nil, NodeServer.framework(of: project) == nil {
            // A development server inside a front end's package is no service.
            server = nil
        } else if isUsed || project.isPublished, NodeStart.script(of: project, tree) == nil {
            // Others build on it, and nothing starts it.
            server = nil
        } else {
            let others = applications.contains(where: \.isMain) ? applications.filter { !$0.isMain } : []
            let found = NodeServer(project.without(others.map(\.folder)), tree)
            programs = others.isEmpty ? [] : NestPrograms.servers(among: applications, of: project, tree)
            // A bare listener in a folder of another language is one of its tools.
            let isTool = found?.framework == "node" && Self.otherLanguages.contains { project.has($0, tree) }
            server = isTool || NestPrograms.isOnlyWorker(project, tree) ? nil : found
        }
        var workers = project.isDelegating ? [] : NodeWorker.scripts(of: project, tree)
        if workers.isEmpty { workers = NestPrograms.workers(among: applications, of: project, tree) }
        if workers.isEmpty, front == nil, server == nil, !isUsed, !project.isPublished,
            let only = NodeWorker.only(in: project, tree)
        {
            workers = [only]
        }
        self.workers = workers
    }

    private static let otherLanguages = [
        "composer.json", "Gemfile", "go.mod", "mix.exs", "manage.py", "Cargo.toml", "pom.xml", "build.gradle",
        "build.gradle.kts", "Package.swift",
    ]

    /// A server that renders Vite's bundle: `vite build --ssr`, and Vite as its middleware while developing.
    private static func rendersItself(_ project: NodeProject, _ tree: SourceTree) -> Bool {
        guard NodeServer.framework(of: project) != nil else { return false }
        let scripts = project.manifest.root["scripts"]?.mapping?.entries.compactMap(\.value.string) ?? []
        return scripts.contains { $0.contains("vite build") && $0.contains("--ssr") }
    }

    /// The process types that use databases; files for browsers use none.
    var processes: [String] {
        (front?.role == .ssr || server != nil ? [Subject.web] : []) + programs.map(\.name) + workers.map(\.name)
    }

    private static func libraries(of project: NodeProject, _ named: [String: NodeProject]) -> [NodeProject] {
        var found: [NodeProject] = []
        var seen: Set<String> = [project.directory]
        var waiting = [project]
        while let next = waiting.popLast() {
            for dependency in next.manifest.dependencyNames {
                guard let library = named[dependency.name], seen.insert(library.directory).inserted else { continue }
                found.append(library)
                waiting.append(library)
            }
        }
        return found.sorted { $0.directory < $1.directory }
    }
}
