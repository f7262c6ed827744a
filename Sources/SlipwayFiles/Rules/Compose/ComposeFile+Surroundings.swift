// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension CheckedFile<ComposeFile> {
    /// Whether the name or the folder says that nobody deploys with this file.
    var isForDevelopment: Bool {
        // infra/compose.staging.yml: the file's own name says more than its folder's.
        let name = SourceTree.Entry(path: location).name
        if DevelopmentPath.isProduction(name) || name.contains("staging") { return DevelopmentPath.isLikely(name) }
        return DevelopmentPath.isLikely(location)
    }

    /// The other Compose files of the folder, which can be merged with this one.
    var siblings: [CheckedFile<ComposeFile>] {
        repository.composeFiles.filter { $0.folder == folder && $0.location != location }
    }

    /// The file and those it can be merged with: what one declares, the others may name.
    var family: [CheckedFile<ComposeFile>] { [self] + siblings }

    /// Whether other files bring in services that are not seen here.
    var includesOthers: Bool { document.root?["include"] != nil }

    /// A path of the file relative to the repository; `nil` when it leaves it or only Compose knows it.
    func resolve(_ path: String) -> String? {
        guard !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("~"), !path.contains("$"), !path.contains("://")
        else { return nil }
        let clean = GoPath.clean(folder + "/" + path)
        return clean.hasPrefix("..") ? nil : clean
    }

    /// The Dockerfile that a service is built from, when it stands in the repository.
    func dockerfile(of service: ComposeService) -> CheckedDockerfile? {
        guard let build = service.build, let context = resolve(build.context) else { return nil }
        return repository.dockerfile(dockerfilePath(of: build, in: context))
    }

    /// Where no name is said and there is no `Dockerfile`, BuildKit takes `dockerfile`
    /// (github.com/moby/buildkit, frontend/dockerui).
    func dockerfilePath(of build: ComposeService.Build, in context: String) -> String {
        let path = GoPath.clean(context + "/" + (build.dockerfile ?? "Dockerfile"))
        guard build.dockerfile == nil, !repository.tree.contains(path) else { return path }
        let lower = GoPath.clean(context + "/dockerfile")
        return repository.tree.contains(lower) ? lower : path
    }

    /// The image that runs: the service's own, or the base of its Dockerfile's last stage.
    func runningImage(of service: ComposeService) -> String? {
        if service.build == nil { return service.image?.text }
        return dockerfile(of: service)?.finalBase
    }

    /// The Dockerfile behind a service: its own, or that of the service of this name in a file beside it where a variable
    /// gives the image.
    func builder(of service: ComposeService) -> CheckedDockerfile? {
        if service.build != nil { return dockerfile(of: service) }
        guard service.image?.text.hasPrefix("$") == true || raw(service)?.hasPrefix("$") == true else { return nil }
        for sibling in siblings {
            guard let other = sibling[service.name], other.build != nil else { continue }
            return sibling.dockerfile(of: other)
        }
        return nil
    }

    /// The image that runs, also where a variable names what a file beside it builds.
    func builtImage(of service: ComposeService) -> String? {
        service.build == nil ? builder(of: service)?.finalBase ?? runningImage(of: service) : runningImage(of: service)
    }

    private func raw(_ service: ComposeService) -> String? {
        self.root?.at("services", service.name, "image")?.text
    }

    /// What is known of a service's image; a service that is built here is the application's own.
    func known(_ service: ComposeService) -> KnownImage? {
        guard let image = runningImage(of: service) ?? service.image?.text else { return nil }
        return KnownImage.of(image)
    }

    /// The same where a file that is merged with another leaves the image to it.
    func knownAnywhere(_ service: ComposeService) -> KnownImage? {
        known(service) ?? anywhere(service.name).lazy.compactMap { $0.image?.text }.first.flatMap(KnownImage.of)
    }

    /// The service as the merged files have it, for what an override leaves to its base.
    func anywhere(_ name: String) -> [ComposeService] { family.compactMap { $0[name] } }

    /// The same without what only tests are given, unless this file is for them.
    func anywhereDeployed(_ name: String) -> [ComposeService] {
        family.filter { file in
            file.location == location || !SourceTree.Entry(path: file.location).name.contains("test")
        }.compactMap { $0[name] }
    }

    /// The service as deployments can merge it: a file that is not for developers gets nothing from one that is, and one
    /// that says by its name that it is for production gets nothing from its neighbours when it is complete.
    func deployedWith(_ name: String) -> [ComposeService] {
        guard !isForDevelopment else { return anywhere(name) }
        if isComplete, DevelopmentPath.isProduction(SourceTree.Entry(path: location).name) {
            return [self[name]].compactMap { $0 }
        }
        return family.filter { !$0.isForDevelopment }.compactMap { $0[name] }
    }

    /// The service as it runs with this file: one in which every service says what runs needs no other file, and gets
    /// only what Compose adds by itself.
    func running(_ name: String) -> [ComposeService] { merged.compactMap { $0[name] } }

    private var merged: [CheckedFile<ComposeFile>] {
        isComplete ? [self] + siblings.filter { $0.location.contains(".override.") } : family
    }

    /// Whether it is one of several that each stand alone, `compose.dev.yml` and `compose.prod.yml`, with none below them.
    var isBesideOthers: Bool {
        let bases = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"]
        return isComplete && !family.contains { bases.contains(SourceTree.Entry(path: $0.location).name) }
    }

    private var isComplete: Bool {
        !location.contains(".override.") && !document.services.isEmpty
            && document.services.allSatisfy { $0.image != nil || $0.build != nil }
    }

    /// Variables that a committed `.env` gives to Compose.
    var givenByDotenv: Set<String> {
        guard let text = repository.tree.text(GoPath.clean(folder + "/.env")) else { return [] }
        return Set(Dotenv(parsing: text).assignments.map(\.name))
    }
}

extension CheckedDockerfile {
    /// The image that the last stage starts from, through stages that build on each other.
    var finalBase: String? { stages.last.map(rootImage) }

    /// The image that a stage starts from, through those that build on each other.
    func rootImage(of stage: DockerfileStage) -> String {
        var stage = stage
        for _ in stages {
            guard let parent = stage.parent else { break }
            stage = stages[parent]
        }
        return reading.file.globalScope().expand(stage.base, escape: reading.file.escape).text
    }
}

extension ComposePort {
    /// Whether every machine that reaches the host reaches the port.
    var isOpen: Bool { address.map { $0.isEmpty || $0 == "0.0.0.0" || $0 == "::" } ?? true }
}

/// Tells files that help developers from files that deploy.
enum DevelopmentPath {
    private static let words = [
        "dev", "devel", "development", "test", "tests", "testing", "ci", "e2e", "local", "override", "debug",
        "devcontainer", "playwright", "cypress", "integration", "infra", "watch",
    ].map { Array($0.utf8) }

    /// By bytes, because some rules ask it of every file.
    static func isLikely(_ path: String) -> Bool {
        var word: [UInt8] = []
        for byte in path.utf8 {
            if "/._-".utf8.contains(byte) {
                if words.contains(word) { return true }
                word.removeAll(keepingCapacity: true)
            } else {
                word.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return words.contains(word)
    }

    /// Whether the name says that the file is for production.
    static func isProduction(_ path: String) -> Bool {
        path.lowercased().split { "/._-".contains($0) }.contains { ["prod", "production", "deploy"].contains($0) }
    }
}
