// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// One application's repository: the library's front door, one method a command.
public struct Project: Sendable {
    /// Absolute, with links resolved.
    public let directory: String
    /// The environment of `slipway.yml` whose differences apply.
    public let environment: String?

    var paths: StatePaths { StatePaths(applicationDirectory: directory) }
    var files: FileStore { FileStore(root: directory) }

    private init(directory: String, environment: String?) {
        self.directory = directory
        self.environment = environment
    }

    /// - Throws: ``SlipwayError`` `not-a-directory` when there is no such folder.
    public static func open(_ path: String, environment: String?) throws -> Project {
        guard let directory = FileStore.canonical(path), FileStore(root: directory).isDirectory(".") else {
            throw SlipwayError(
                .notADirectory, "'\(path)' is not a folder", hint: "slipway detect PATH-OF-THE-REPOSITORY")
        }
        return Project(directory: directory, environment: environment)
    }
}
