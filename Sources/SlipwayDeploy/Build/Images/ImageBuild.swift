// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One image to build.
package struct ImageBuild: Equatable, Sendable {
    /// The Compose service it is named after.
    package let service: String
    /// Absolute.
    package let context: String
    /// Absolute, or relative to the context.
    package let dockerfile: String
    package let target: String?
    package let arguments: [String: String]
    /// Names that `RUN --mount=type=secret` reads; their values join the environment of the command alone.
    package let secrets: [String: Secret]
    package let tags: [String]
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

    /// - Parameter isCold: Whether nothing of earlier builds may be used.
    package func command(isCold: Bool = false, identifierFile: String, deadline: Duration) -> Command {
        var words = ["buildx", "build", "--progress=plain", "--load", "--iidfile", identifierFile]
        if isCold { words.append("--no-cache") }
        words += ["--file", dockerfile.hasPrefix("/") ? dockerfile : "\(context)/\(dockerfile)"]
        if let target { words += ["--target", target] }
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) { words += ["--build-arg", "\(name)=\(value)"] }
        for name in secrets.keys.sorted() { words += ["--secret", "id=\(name),env=\(name)"] }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { words += ["--label", "\(name)=\(value)"] }
        for tag in tags { words += ["--tag", tag] }
        return Docker.command(words + [context], secrets: secrets, deadline: deadline)
    }

    /// Services whose builds are the same thing, so that it is built once.
    func isSame(as other: ImageBuild) -> Bool {
        context == other.context && dockerfile == other.dockerfile && target == other.target
            && arguments == other.arguments
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
