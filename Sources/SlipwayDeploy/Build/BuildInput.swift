// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What a builder sees of one service.
package struct BuildInput: Sendable {
    package var service: Service
    package var application: AppSpec
    package var tree: SourceTree
    /// Absolute path of the application's folder.
    package var root: String
    /// Absolute path of the folder that holds finished builds.
    package var builds: String
    /// Variables of the build; part of its key.
    package var variables: [String: String]
    /// What the running process reads, for build commands that load the application: no part of the key, so that a
    /// changed password builds nothing again, and nothing that is kept.
    package var runVariables: [String: String]
    /// The PATH that commands start with.
    package var path: String

    package init(
        service: Service, application: AppSpec, tree: SourceTree, root: String, builds: String,
        variables: [String: String] = [:], runVariables: [String: String] = [:], path: String
    ) {
        self.service = service
        self.application = application
        self.tree = tree
        self.root = root
        self.builds = builds
        self.variables = variables
        self.runVariables = runVariables
        self.path = path
    }

    /// Absolute path of the service's folder.
    package var directory: String { service.directory == "." ? root : root + "/" + service.directory }

    /// A command of the service, which is shell text, as it runs while building.
    package func shell(_ text: String, pathEntries: [String] = [], environment: [String: String] = [:]) -> Command {
        var variables = variables.merging(environment) { $1 }
        variables["PATH"] = (pathEntries + [path]).joined(separator: ":")
        return Command(
            "/bin/sh", ["-c", text], environment: variables, directory: directory, deadline: BuildLimits.command)
    }
}

/// Bounds of builds.
package enum BuildLimits {
    /// For one command: the slowest build on a small machine, a Swift release build, takes about ten minutes.
    package static let command = Duration.seconds(3600)
    /// Less free space than this fails before anything is started. A virtual environment with the usual scientific
    /// packages takes 300 MB.
    package static let freeSpaceInBytes: UInt64 = 512 << 20
}
