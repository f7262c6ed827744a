// SPDX-License-Identifier: Apache-2.0

/// Every proof in the order in which it is measured; a test compares this list with the folder.
package enum ProofCatalog {
    static let all: [ProofRule] = [
        .imageBuilds, .imageSize, .wastedBytes, .unwantedFiles, .secretsInLayers,
        .secretsInConfiguration, .addedPrivileges, .declaredUser,
        .startsHealthy, .processUsers, .readOnlyRoot, .writableFolders, .variablesArrive, .missingVariableStops,
        .portAnswers, .portFollowsVariable, .healthCheckAgrees, .databaseInside,
        .clientRoutes, .cacheHeaders, .securityHeaders, .compression, .missingAsset,
        .gatewayReachesBackEnd, .webSocketPasses, .largeUpload, .namesAndClock, .migrationsRepeat, .holdsUnderLoad,
        .healthTurns, .stopsGracefully, .comesBack, .dataSurvives, .logsAreClean,
        .rebuildAfterSourceChange,
    ]

    /// Codes with their claims, for the reference.
    package static var codes: [(code: String, claim: String)] { all.map { ($0.code, $0.claim) } }
}
