// SPDX-License-Identifier: Apache-2.0

/// Every code that the product throws, with the exit status of the command; a test compares it with `docs/errors.md`.
extension SlipwayError.Code {
    // Input
    public static let notADirectory = Self("not-a-directory", .usage)
    public static let unreadable = Self("unreadable", .usage)
    public static let emptyRepository = Self("empty-repository", .findings)
    public static let nothingDetected = Self("nothing-detected", .findings)
    public static let badConfiguration = Self("bad-configuration", .usage)
    public static let unknownService = Self("unknown-service", .usage)
    // Environment and machine
    public static let missingVariables = Self("missing-variables", .findings)
    public static let missingTool = Self("missing-tool", .findings)
    public static let noSuitableRuntime = Self("no-suitable-runtime", .findings)
    public static let diskFull = Self("disk-full", .tryAgain)
    public static let writeFailed = Self("write-failed", .tryAgain)
    // Building and running
    public static let installFailed = Self("install-failed", .findings)
    public static let buildFailed = Self("build-failed", .findings)
    public static let releaseFailed = Self("release-failed", .findings)
    public static let databaseFailed = Self("database-failed", .findings)
    public static let portInUse = Self("port-in-use", .findings)
    public static let portConflict = Self("port-conflict", .findings)
    public static let unhealthyService = Self("unhealthy-service", .findings)
    public static let timedOut = Self("timed-out", .tryAgain)
    // The engine
    public static let alreadyRunning = Self("already-running", .tryAgain)
    public static let notRunning = Self("not-running", .unreachable)
    public static let engineUnreachable = Self("engine-unreachable", .unreachable)
    public static let engineFailed = Self("engine-failed", .bug)

    /// All of the above, in the order of the documentation.
    public static let all: [Self] = [
        .notADirectory, .unreadable, .emptyRepository, .nothingDetected, .badConfiguration, .unknownService,
        .missingVariables, .missingTool, .noSuitableRuntime, .diskFull, .writeFailed,
        .installFailed, .buildFailed, .releaseFailed, .databaseFailed, .portInUse, .portConflict,
        .unhealthyService, .timedOut, .alreadyRunning, .notRunning, .engineUnreachable, .engineFailed,
    ]
}
