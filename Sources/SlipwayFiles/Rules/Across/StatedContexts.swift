// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// The folders that the repository's files give to the builds of its Dockerfiles.
struct StatedContexts: Sendable {
    private var folders: [String: [String]] = [:]

    init(_ repository: CheckedRepository) {
        for file in repository.composeFiles {
            for service in file.services {
                guard let build = service.build, let dockerfile = file.dockerfile(of: service),
                    let context = file.resolve(build.context)
                else { continue }
                add(context, to: dockerfile.location)
            }
        }
        guard repository.isWhole else { return }
        for told in repository.toldCommands {
            guard told.teller != .remote, let call = DockerBuildCall(told.words) else { continue }
            let built = told.places.map(call.paths)
            if let one = built.first(where: { repository.tree.contains($0.dockerfile) }) {
                add(one.context, to: one.dockerfile)
            }
        }
        for file in repository.workflows {
            for job in file.jobs {
                for build in job.steps.compactMap(\.imageBuild) { add(build.context, to: build.dockerfile) }
            }
        }
        for file in repository.renderBlueprints {
            for service in file.document.services where service.runtime == "docker" {
                let root = service.rootDirectory?.text ?? "."
                add(service.buildContext, to: GoPath.clean(root + "/" + (service.dockerfile?.text ?? "Dockerfile")))
            }
        }
    }

    private mutating func add(_ context: String, to dockerfile: String) {
        guard !context.contains("$"), !context.hasPrefix(".."), folders[dockerfile]?.contains(context) != true else {
            return
        }
        folders[dockerfile, default: []].append(context)
    }

    /// In the files' order, Compose's first; empty when nothing says it.
    subscript(dockerfile: String) -> [String] { folders[dockerfile] ?? [] }
}

extension CheckedRepository {
    var statedContexts: StatedContexts {
        if let known = contextSketches.withLock({ $0 }) { return known }
        let found = StatedContexts(self)
        contextSketches.withLock { $0 = found }
        return found
    }
}

/// Folders that a Dockerfile's build can have as its context.
enum BuildContexts {
    /// Those that Compose files say, or else other files; else the Dockerfile's folder and those above it.
    static func of(_ unit: DeployedUnit) -> [String] {
        let repository = unit.dockerfile.repository
        let path = unit.dockerfile.location
        let ofUnits = repository.deployedUnits.filter { $0.dockerfile.location == path }.compactMap(\.context)
        let named = Set(ofUnits.isEmpty ? repository.statedContexts[path] : ofUnits)
        return named.isEmpty ? above(path) : named.sorted()
    }

    /// The file's folder and those above it.
    static func above(_ path: String) -> [String] {
        var folder = SourceTree.Entry(path: path).directory
        var found = [folder]
        while folder != "." {
            folder = SourceTree.Entry(path: folder).directory
            found.append(folder)
        }
        return found
    }

    static func has(_ source: String, in context: String, of tree: SourceTree) -> Bool {
        let path = GoPath.clean(context + "/" + source)
        return tree.contains(path) || tree.hasDirectory(path)
    }
}
