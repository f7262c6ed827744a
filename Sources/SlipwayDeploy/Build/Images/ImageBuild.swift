// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// One image to build.
package struct ImageBuild: Equatable, Sendable {
    /// The Compose service it is named after.
    package let service: String
    /// Absolute.
    package let context: String
    /// Absolute, or relative to the context.
    package var dockerfile: String
    package let target: String?
    package private(set) var arguments: [String: String]
    /// Arguments that must not stand in a process list or log; they join the environment of the command alone.
    package var secretArguments: [String: Secret] = [:]
    /// Names that `RUN --mount=type=secret` reads; their values join the environment of the command alone.
    package let secrets: [String: Secret]
    /// Absolute paths of such values that stand in files already.
    private(set) var secretFiles: [String: String] = [:]
    package var tags: [String]
    package let labels: [String: String]

    package init(
        service: String, context: String, dockerfile: String, target: String? = nil,
        arguments: [String: String] = [:], secrets: [String: Secret] = [:], tags: [String],
        labels: [String: String] = [:]
    ) {
        self.service = service
        self.context = context
        self.dockerfile = dockerfile
        self.target = target
        self.arguments = arguments
        self.secrets = secrets
        self.tags = tags
        self.labels = labels
    }

    /// The image of a Compose service; `nil` when nothing is built for it.
    /// - Parameter values: Of the secrets that the build mounts; this process's own variables stand in for others.
    init?(
        of unit: ComposeUnit, in project: ComposeProject, values: [String: String], tags: [String],
        labels: [String: String] = [:]
    ) {
        guard let build = unit.build else { return nil }
        var (secrets, files): ([String: Secret], [String: String]) = ([:], [:])
        for name in build.secrets {
            switch project.secretSource(name) {
            case .file(let path): files[name] = path
            case .variable(let variable):
                secrets[name] = (values[variable] ?? ProcessVariables.value(of: variable)).map(Secret.init)
            case nil: secrets[name] = values[name].map(Secret.init)
            }
        }
        self.init(
            service: unit.name, context: build.context, dockerfile: build.dockerfile, target: build.target,
            arguments: build.arguments, secrets: secrets, tags: tags, labels: labels)
        secretFiles = files
    }

    /// The same with values for the secrets that arguments still hold as `${NAME}`.
    func filled(with values: [String: Secret]) -> ImageBuild {
        var build = self
        for (name, text) in arguments {
            let full = values.reduce(text) { $0.replacing("${\($1.key)}", with: $1.value.reveal()) }
            guard full != text else { continue }
            build.arguments[name] = nil
            build.secretArguments[name] = Secret(full)
        }
        return build
    }

    /// What joins the command's environment.
    var hidden: [String: Secret] { secrets.merging(secretArguments) { $1 } }

    /// Absolute.
    var dockerfilePath: String { dockerfile.hasPrefix("/") ? dockerfile : "\(context)/\(dockerfile)" }

    /// Services whose builds are the same thing, so that it is built once.
    func isSame(as other: ImageBuild) -> Bool {
        context == other.context && dockerfile == other.dockerfile && target == other.target
            && arguments == other.arguments && secretArguments == other.secretArguments
    }
}

/// An image that was built.
package struct BuiltImage: Equatable, Sendable, Codable {
    package let service: String
    package var tags: [String]
    /// `sha256:...` of its configuration.
    package var identifier: String
    package let seconds: Double
    package let stepCount: Int
    /// Steps that an earlier build had done.
    package let reusedCount: Int
    package let attempts: Int
    /// Absolute path.
    package let log: String
    /// What its final stage stands on.
    package let base: String
    /// Absolute path of its build context.
    package let context: String
    /// Digests of the layers above the base image, where they were made reproducible.
    package var ownLayers: [String]?
}

extension ComposeProject {
    /// What is built for a project, once for services that share it.
    /// - Parameters:
    ///   - namesAll: A shared image gets the name of every service, not of the first alone.
    ///   - tag: The name of a service's image.
    func builds(
        values: [String: String], labels: [String: String] = [:], namesAll: Bool = false,
        tag: (ComposeUnit) -> String
    ) -> [ImageBuild] {
        var builds: [ImageBuild] = []
        for unit in built {
            let name = tag(unit)
            guard let build = ImageBuild(of: unit, in: self, values: values, tags: [name], labels: labels) else {
                continue
            }
            if let same = builds.firstIndex(where: { $0.isSame(as: build) }) {
                if namesAll { builds[same].tags.append(name) }
            } else {
                builds.append(build)
            }
        }
        return builds
    }
}
