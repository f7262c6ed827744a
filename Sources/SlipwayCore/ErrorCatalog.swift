// SPDX-License-Identifier: Apache-2.0

/// Every code that the product throws, with the exit status of the command; a test compares it with `docs/errors.md`.
extension SlipwayError.Code {
    // Input
    package static let notADirectory = Self("not-a-directory", .usage)
    package static let unreadable = Self("unreadable", .usage)
    package static let emptyRepository = Self("empty-repository", .findings)
    package static let nothingDetected = Self("nothing-detected", .findings)
    package static let badConfiguration = Self("bad-configuration", .usage)
    package static let unknownService = Self("unknown-service", .usage)
    package static let unknownRule = Self("unknown-rule", .usage)
    // Environment and machine
    package static let missingVariables = Self("missing-variables", .findings)
    package static let missingTool = Self("missing-tool", .findings)
    package static let noSuitableRuntime = Self("no-suitable-runtime", .findings)
    package static let diskFull = Self("disk-full", .tryAgain)
    package static let writeFailed = Self("write-failed", .tryAgain)
    // Building and running
    package static let installFailed = Self("install-failed", .findings)
    package static let buildFailed = Self("build-failed", .findings)
    package static let releaseFailed = Self("release-failed", .findings)
    package static let databaseFailed = Self("database-failed", .findings)
    package static let portInUse = Self("port-in-use", .findings)
    package static let portConflict = Self("port-conflict", .findings)
    package static let unhealthyService = Self("unhealthy-service", .findings)
    package static let timedOut = Self("timed-out", .tryAgain)
    // Releases
    package static let deployLocked = Self("deploy-locked", .tryAgain)
    package static let leaseLost = Self("lease-lost", .tryAgain)
    package static let nothingDeployed = Self("nothing-deployed", .usage)
    package static let unknownRelease = Self("unknown-release", .usage)
    package static let badRelease = Self("bad-release", .findings)
    package static let rehearsalFailed = Self("rehearsal-failed", .findings)
    package static let backupFailed = Self("backup-failed", .findings)
    // Containers
    package static let dockerUnreachable = Self("docker-unreachable", .unreachable)
    package static let dockerFailed = Self("docker-failed", .findings)
    package static let noDeploymentFiles = Self("no-deployment-files", .findings)
    // The engine
    package static let alreadyRunning = Self("already-running", .tryAgain)
    package static let notRunning = Self("not-running", .unreachable)
    package static let engineUnreachable = Self("engine-unreachable", .unreachable)
    package static let engineFailed = Self("engine-failed", .bug)
    package static let certificateFailed = Self("certificate-failed", .tryAgain)

    /// All of the above, in the order of the documentation.
    package static let all: [Self] = [
        .notADirectory, .unreadable, .emptyRepository, .nothingDetected, .badConfiguration, .unknownService,
        .unknownRule,
        .missingVariables, .missingTool, .noSuitableRuntime, .diskFull, .writeFailed,
        .installFailed, .buildFailed, .releaseFailed, .databaseFailed, .portInUse, .portConflict,
        .unhealthyService, .timedOut, .deployLocked, .leaseLost, .nothingDeployed,
        .unknownRelease, .badRelease, .rehearsalFailed, .backupFailed, .dockerUnreachable, .dockerFailed,
        .noDeploymentFiles, .alreadyRunning, .notRunning, .engineUnreachable, .engineFailed,
        .certificateFailed,
    ]
}
