// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The settings that a Django site must take where visitors come, when `wsgi.py` names a developer's and nothing but
/// the environment changes that.
struct DjangoProduction {
    private static let development: Set<String> = [
        "dev", "develop", "development", "local", "debug", "base", "common", "default", "defaults",
    ]
    private static let production: Set<String> = ["production", "prod", "live", "deploy", "deployment"]
    private static let largestInBytes = 200_000

    private let site: DjangoProject
    private let modules: PythonModules
    /// What runs while nobody says otherwise.
    private let chosen: (module: String, path: String)

    /// - Returns: `nil` when the site's own choice cannot be followed.
    init?(_ site: DjangoProject, _ modules: PythonModules) {
        guard let module = site.servedModule ?? site.settingsModule,
            let found = modules.module(of: module, from: site.manage), found.rest.isEmpty
        else { return nil }
        self.site = site
        self.modules = modules
        chosen = (module, found.path)
    }

    /// Notes the variable that chooses the settings, and which variables only those of production read.
    static func note(in spec: inout AppSpec, _ repository: Repository) {
        for project in repository.python {
            guard let site = repository.django[project.directory],
                let choice = DjangoProduction(site, project.modules), choice.isForDevelopment,
                let production = choice.production()
            else { continue }
            let folders = Set(repository.folders(of: project) + [site.directory])
            let services = spec.services.filter { folders.contains($0.directory) && $0.language == "python" }
            choice.note(production, for: services.map(\.name).sorted(), in: &spec)
        }
    }

    private func note(_ production: (module: String, path: String), for services: [String], in spec: inout AppSpec) {
        guard !services.isEmpty else { return }
        let name = Variable.djangoSettings
        if !spec.variables.contains(where: { $0.name == name }) {
            spec.variables.append(
                Variable(
                    name: name, services: services, default: chosen.module, purpose: "which settings Django takes",
                    origins: ["\(site.wsgi?.path ?? site.asgi?.path ?? site.manage):1"]))
            spec.variables.sort { $0.name < $1.name }
        }
        let own = closure(of: production.path).subtracting(closure(of: chosen.path))
        for index in spec.variables.indices {
            let variable = spec.variables[index]
            if variable.name == name {
                spec.variables[index].default = chosen.module
                spec.variables[index].production = production.module
                spec.variables[index].required = false
            } else if !variable.origins.isEmpty,
                variable.origins.allSatisfy({ own.contains(String($0.prefix { $0 != ":" })) })
            {
                spec.variables[index].isForProductionOnly = true
            }
        }
    }

    // MARK: What is chosen

    private var isForDevelopment: Bool {
        let words = Self.words(chosen.path)
        guard words.isDisjoint(with: Self.production), let source = modules.source(chosen.path) else { return false }
        if !words.isDisjoint(with: Self.development) { return true }
        let imported = source.statements.compactMap { statement -> Set<String>? in
            guard case .importFrom(let module, let names) = statement.kind, names.first?.name == "*" else { return nil }
            return Self.words(module.replacing(".", with: "/") + ".py")
        }
        // A file that can take either asks the environment itself.
        guard imported.allSatisfy({ $0.isDisjoint(with: Self.production) }) else { return false }
        return source.moduleAssignments["DEBUG"]?.value == .name("True")
            || imported.contains { !$0.isDisjoint(with: ["dev", "develop", "development", "local", "debug"]) }
    }

    private static func words(_ path: String) -> Set<String> {
        Set(path.lastPathComponent.dropLast(3).split { "_-.".contains($0) }.map { $0.lowercased() })
    }

    // MARK: What production takes

    /// What a file of the deployment says, else the one file beside the chosen one that is called so.
    private func production() -> (module: String, path: String)? {
        let stated = statedModules()
        if !stated.isEmpty {
            let fitting = stated.filter { !Self.words($0.path).isDisjoint(with: Self.production) }
            return stated.count == 1 ? stated[0] : fitting.count == 1 ? fitting[0] : nil
        }
        let folder = chosen.path.parentDirectory
        let isPackage = chosen.path.hasSuffix("/__init__.py")
        let parent = isPackage ? chosen.module : chosen.module.split(separator: ".").dropLast().joined(separator: ".")
        let isFolderOfSettings = folder.lastPathComponent.contains("settings")
        let found = modules.tree.files(under: folder).filter { entry in
            entry.directory == folder && entry.name.hasSuffix(".py")
                && (isFolderOfSettings || entry.name.contains("settings"))
                && !Self.words(entry.path).isDisjoint(with: Self.production)
        }
        let best = found.first { !Self.words($0.path).isDisjoint(with: ["production", "prod"]) } ?? found.first
        guard let best else { return nil }
        let stem = String(best.name.dropLast(3))
        return (parent.isEmpty ? stem : "\(parent).\(stem)", best.path)
    }

    /// Modules other than the chosen one that files of the deployment give to DJANGO_SETTINGS_MODULE.
    private func statedModules() -> [(module: String, path: String)] {
        var found: [(module: String, path: String)] = []
        for entry in modules.tree.otherEntries where Self.isForDeployment(entry.path) {
            guard let text = modules.tree.text(entry.path), text.utf8.count < Self.largestInBytes else { continue }
            for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("#") {
                guard let place = line.firstRange(of: Variable.djangoSettings)?.upperBound else { continue }
                let name = line[place...].drop { "=: \"'-?${}".contains($0) }
                    .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
                guard name != chosen.module, name.contains("."), !found.contains(where: { $0.module == name }),
                    let file = modules.module(of: String(name), from: site.manage), file.rest.isEmpty,
                    Self.words(file.path).isDisjoint(with: Self.development.union(["test", "tests", "testing", "ci"]))
                else { continue }
                found.append((String(name), file.path))
            }
        }
        return found
    }

    private static func isForDeployment(_ path: String) -> Bool {
        let name = path.lastPathComponent.lowercased()
        guard !path.hasPrefix(".github/"), !["dev", "local", "test"].contains(where: name.contains) else {
            return false
        }
        return name.contains("dockerfile") || name.contains("compose") || name == "procfile" || name == "app.json"
            || name.hasPrefix(".env") || name.hasSuffix(".env")
            || [".toml", ".yaml", ".yml", ".sh", ".service"].contains(where: name.hasSuffix)
    }

    /// A settings file with those of its folder that it takes over.
    private func closure(of path: String) -> Set<String> {
        var found: Set<String> = [path]
        var rest = [path]
        while let next = rest.popLast(), found.count < 30 {
            for case .importFrom(let module, _) in modules.source(next)?.statements.map(\.kind) ?? [] {
                guard let file = modules.module(of: module, from: next)?.path,
                    file.parentDirectory.relative(to: chosen.path.parentDirectory) != nil, found.insert(file).inserted
                else { continue }
                rest.append(file)
            }
        }
        return found
    }
}
