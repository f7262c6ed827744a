// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One immutable, numbered version of an application: what was built, from what, and how it is started.
package struct Release: Codable, Equatable, Sendable {
    /// What the build of one service left.
    package struct Build: Codable, Equatable, Sendable {
        /// Folders below the builds folder that must stay while the release is kept.
        package var folders: [String]
        package var pathEntries: [String]
        /// `VIRTUAL_ENV` and its kin; never a value that somebody gave.
        package var environment: [String: String]
        package var start: String?
        package var files: String?

        package init(_ plan: BuildPlan) {
            folders = plan.stages.map(\.folder)
            pathEntries = plan.pathEntries
            environment = plan.environment
            start = plan.start
            files = plan.files
        }

        package var plan: BuildPlan {
            BuildPlan(pathEntries: pathEntries, environment: environment, start: start, files: files)
        }
    }

    /// From 1, never used twice.
    package var number: Int
    package var application: AppSpec
    /// Of the repository, where it is one.
    package var commit: String?
    /// Whether the source differed from the commit.
    package var isDirty: Bool
    /// SHA-256 of every file of the source with its path.
    package var sourceHash: String
    /// SHA-256 of the app spec.
    package var specHash: String
    /// SHA-256 of all variables with their values.
    package var variablesHash: String
    /// By service.
    package var builds: [String: Build]
    /// By service: `sha256:...` of the image, on targets that run images.
    package var images: [String: String]?
    /// `nil` when this source was not proved before it was released.
    package var proofs: ReleaseProofs?
    /// Seconds since the Unix epoch.
    package var createdAt: Double
    /// `user@host`.
    package var createdBy: String

    package init(
        number: Int, application: AppSpec, commit: String? = nil, isDirty: Bool = false, sourceHash: String,
        specHash: String, variablesHash: String, builds: [String: Build] = [:], proofs: ReleaseProofs? = nil,
        createdAt: Double, createdBy: String
    ) {
        self.number = number
        self.application = application
        self.commit = commit
        self.isDirty = isDirty
        self.sourceHash = sourceHash
        self.specHash = specHash
        self.variablesHash = variablesHash
        self.builds = builds
        self.proofs = proofs
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    /// Whether a deploy of the other one would change anything.
    package func isSame(as other: Release) -> Bool {
        sourceHash == other.sourceHash && specHash == other.specHash && variablesHash == other.variablesHash
    }
}
