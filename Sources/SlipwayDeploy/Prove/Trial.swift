// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// An image of the trial: how it was built and what is in it.
struct TrialImage: Sendable {
    let build: ImageBuild
    let built: BuiltImage
    /// Compose services that run from it.
    let services: [String]
    /// What `docker image inspect` says.
    let facts: DataNode
    /// Name after FROM of the stage that is built.
    let base: String
    let contents: ImageContents
    /// What made each layer and each setting, from the history.
    let instructions: [String]
    /// What made each layer, in their order.
    let layerNames: [String]

    let isFrontEnd: Bool
    var user: String { facts.at("Config", "User")?.text ?? "" }
}

/// Everything that a proof may look at.
struct Trial: Sendable {
    let docker: Docker
    let application: AppSpec
    let staged: StagedProject
    let values: TrialValues
    /// As the repository says it.
    let project: ComposeProject
    let stack: TrialStack
    let images: [TrialImage]
    /// Why there are none, when the build failed.
    let buildFailure: SlipwayError?
    /// How the start went; `nil` while nothing was started.
    let start: TrialStart?
    let canary: String
    let limits: ProofLimits
    let builder: ImageBuildRun
    let load: LoadRecord
    /// Paths of the staged project.
    let sources: [String]

    /// The detected service that a Compose service runs.
    func spec(of unit: ComposeUnit) -> Service? { ServiceMatch(application, staged.root).service(for: unit) }

    /// The application's own services that keep running.
    var processes: [ComposeUnit] {
        let tasks = Set(project.tasks.map(\.name))
        return project.built.filter { !tasks.contains($0.name) }
    }
    /// Those that answer HTTP.
    var servers: [ComposeUnit] { processes.filter { stack.webPort(of: $0.name) != nil } }
    var frontEnd: ComposeUnit? {
        processes.first { spec(of: $0)?.role == .spa } ?? processes.first { spec(of: $0)?.role == .static }
    }
    /// Programs that answer HTTP, front ends left out.
    var backEnds: [ComposeUnit] {
        servers.filter { unit in spec(of: unit).map { $0.role.listens } ?? (unit.name != frontEnd?.name) }
    }
}

/// What values are held against.
package struct ProofLimits: Sendable {
    /// 500 MB, as the project's own requirement says.
    package var backEndImageInBytes = 500_000_000
    /// 50 MB, likewise.
    package var frontEndImageInBytes = 50_000_000
    /// Share of our own layers; dive's default for its CI gate (10 %).
    package var wastedShare = 0.1
    package var start = Duration.seconds(30)
    /// Docker's own default between SIGTERM and SIGKILL.
    package var grace = Duration.seconds(10)
    /// How much faster a rebuild must be than a cold build.
    package var rebuildFactor = 5.0
    package var uploadInBytes = 50_000_000

    package init() {}
}

/// How the application came up.
struct TrialStart: Sendable {
    struct Service: Sendable {
        let name: String
        /// From the container's start to its first good health check, or to running when it has none.
        let ready: Duration?
        let facts: ContainerFacts
        let lastLines: [String]
    }
    let services: [Service]
    /// What Compose said when it gave up.
    let complaint: [String]

    func isReady(_ name: String) -> Bool { services.contains { $0.name == name && $0.ready != nil } }
    var isComplete: Bool { services.allSatisfy { $0.ready != nil } }
}

/// Which detected service a Compose service is: by name, else by the folder or the Dockerfile it is built from.
struct ServiceMatch: Sendable {
    private let application: AppSpec
    private let root: String

    init(_ application: AppSpec, _ root: String) {
        self.application = application
        self.root = root
    }

    func service(for unit: ComposeUnit) -> Service? {
        guard let build = unit.build else { return nil }
        if let named = application.service(named: unit.name) { return named }
        let context = relative(build.context)
        let layout = Layout(application)
        let dockerfile = Layout.join(context, build.dockerfile)
        if let image = layout.images.first(where: { $0.dockerfile == dockerfile }) { return image.owner }
        let here = application.services.filter { $0.directory == context }
        return here.first { $0.role.listens } ?? here.first
            ?? (application.services.count == 1 ? application.services[0] : nil)
    }

    private func relative(_ path: String) -> String {
        guard path.hasPrefix(root) else { return path }
        let rest = path.dropFirst(root.count).drop { $0 == "/" }
        return rest.isEmpty ? "." : String(rest)
    }
}
