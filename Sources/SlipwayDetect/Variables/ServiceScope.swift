// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which services run the code of a file.
///
/// The deepest service directory around the file decides; several services may share one. A file outside of all
/// belongs to the JavaScript services that depend on its workspace package, otherwise to every service of its language.
struct ServiceScope {
    private let services: [Service]
    private let servicesByDirectory: [String: [Service]]
    /// Folder of a workspace package to the services that depend on it, directly or not.
    private let packages: [String: [String]]
    private let others: OtherPrograms

    init(tree: SourceTree, services: [Service]) {
        self.services = services
        servicesByDirectory = Dictionary(grouping: services, by: \.directory)
        packages = Self.dependents(tree, services)
        others = OtherPrograms(tree, services)
    }

    /// The deepest service directory that holds the path.
    func directory(of path: String) -> String? {
        var folder = path.parentDirectory
        while folder != "." {
            if servicesByDirectory[folder] != nil { return folder }
            folder = folder.parentDirectory
        }
        return servicesByDirectory["."] == nil ? nil : "."
    }

    /// Whether the file belongs to a program of the same code base that no service starts: what it cannot do without,
    /// no service needs.
    func isOfOtherProgram(_ path: String) -> Bool { others.contains(path) }

    /// Whether some service's commands name the script: `python scripts/seed.py`, `python -m scripts.seed`.
    func starts(_ path: String) -> Bool {
        let local = directory(of: path).flatMap { path.relative(to: $0) } ?? path
        let stem = local.lastIndex(of: ".").map { local[..<$0] } ?? local[...]
        let module = stem.split(separator: "/").joined(separator: ".")
        return services.contains { service in
            [service.start, service.release, service.seed, service.build].compactMap { $0 }
                .contains { $0.contains(stem) || $0.contains(module) }
        }
    }

    /// Whether a service cannot start before its database has been filled: `rails db:prepare` does that to a new one.
    var runsSeeds: Bool {
        services.contains { service in
            [service.start, service.release].compactMap(\.self).contains { command in
                ["db:prepare", "db:setup", "db:seed", "seed"].contains { command.contains($0) }
            }
        }
    }

    /// The services' names, sorted.
    func names(of path: String, _ language: CodeLanguage) -> [String] {
        // A workspace package below the root service still belongs to those that import it.
        let directory = directory(of: path)
        if directory == nil || directory == ".", let names = package(of: path) { return names }
        if let directory {
            let here = servicesByDirectory[directory] ?? []
            let fitting = here.filter { $0.language == nil || language.serves($0.language) }
            return (fitting.isEmpty ? here : fitting).map(\.name).sorted()
        }
        guard language != .shell, language != .yaml else { return [] }
        return services.filter { language.serves($0.language) }.map(\.name).sorted()
    }

    private func package(of path: String) -> [String]? {
        guard !packages.isEmpty else { return nil }
        var folder = Substring(path)
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if let names = packages[String(folder)] { return names }
        }
        return nil
    }

    // MARK: JavaScript workspaces

    private static func dependents(_ tree: SourceTree, _ services: [Service]) -> [String: [String]] {
        let manifests = tree.files(named: "package.json").filter {
            !$0.path.contains("node_modules/") && $0.directory != "."
        }
        guard manifests.count > 1 else { return [:] }
        var names: [String: String] = [:]
        var dependencies: [String: Set<String>] = [:]
        for manifest in manifests {
            guard let bytes = tree.bytes(manifest.path) else { continue }
            let code = Code(path: manifest.path, language: .javascript, bytes: bytes)
            let (name, wants) = read(code)
            if let name { names[name] = manifest.directory }
            dependencies[manifest.directory] = wants
        }
        let directories = Set(services.map(\.directory))
        var result: [String: Set<String>] = [:]
        for service in services {
            var queue = Array(dependencies[service.directory] ?? [])
            var seen = Set(queue)
            while let next = queue.popLast() {
                guard let directory = names[next] else { continue }
                if !directories.contains(directory) { result[directory, default: []].insert(service.name) }
                for wanted in dependencies[directory] ?? [] where seen.insert(wanted).inserted { queue.append(wanted) }
            }
        }
        return result.mapValues { $0.sorted() }
    }

    private static func read(_ code: Code) -> (name: String?, dependencies: Set<String>) {
        var name: String?
        var dependencies: Set<String> = []
        for index in 0..<code.count where code.parent(index) == 0 && code.isMark(index + 1, ":") {
            switch code.string(index) {
            case "name": name = name ?? code.string(index + 2)
            case "dependencies", "devDependencies", "peerDependencies":
                for range in code.arguments(index + 2) {
                    if let wanted = code.string(range.lowerBound) { dependencies.insert(wanted) }
                }
            default: break
            }
        }
        return (name, dependencies)
    }
}
