// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost

/// One application's repository: the library's front door, one method a command.
public struct Project: Sendable {
    /// Absolute, with links resolved.
    public let directory: String
    /// The environment of `slipway.yml` whose differences apply.
    public let environment: String?
    /// Where releases run, when somebody said so.
    private let wantedTarget: Target?

    /// Where releases run.
    public enum Target: String, CaseIterable, Sendable {
        /// As processes under the embedded engine.
        case local
        /// As containers, behind the same edge.
        case docker
    }

    /// The one that was asked for, or the only one in use; `local` otherwise.
    var target: Target {
        if let wantedTarget { return wantedTarget }
        let isLocal = files.exists(".slipway/releases") || EngineLock.isHeld(paths.lock)
        return !isLocal && files.exists(".slipway/docker/releases") ? .docker : .local
    }

    /// The Compose project that `up` started, unless an engine runs or the engine's target is asked for.
    var composeRecord: ComposeRecord? {
        guard wantedTarget != .local, !EngineLock.isHeld(releasePaths.lock) else { return nil }
        return ComposeRecord.read(FileStore(root: directory + "/.slipway"))
    }

    /// Journal, history, logs and engine of the target.
    var releasePaths: StatePaths { target == .docker ? ContainerReleases.paths(directory) : paths }

    var paths: StatePaths { StatePaths(applicationDirectory: directory) }
    var files: FileStore { FileStore(root: directory) }

    private init(directory: String, environment: String?, target: Target?) {
        self.directory = directory
        self.environment = environment
        wantedTarget = target
    }

    /// - Parameter target: Where releases run; `nil` for the one in use.
    /// - Throws: ``SlipwayError`` `not-a-directory` when there is no such folder.
    public static func open(_ path: String, environment: String?, target: Target? = nil) throws -> Project {
        guard let directory = FileStore.canonical(path), FileStore(root: directory).isDirectory(".") else {
            throw SlipwayError(
                .notADirectory, "'\(path)' is not a folder", hint: "slipway detect PATH-OF-THE-REPOSITORY")
        }
        return Project(directory: directory, environment: environment, target: target)
    }
}
