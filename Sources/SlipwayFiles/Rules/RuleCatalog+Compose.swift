// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let compose: [Rule<CheckedFile<ComposeFile>>] = [
        .obsoleteVersion, .unknownKey, .wrongShape, .noImage, .danglingDependency, .dependencyCycle,
        .undeclaredResource, .unusedVolume, .dependencyInProfile, .danglingExtends, .duplicateHostPort,
        .replicasCollide, .publishedStore, .publishedAdministration, .startsBeforeReady, .healthyWithoutCheck,
        .constantPassword, .defaultPassword, .missingValue, .hiddenByMount, .sourceMounted, .missingMount,
        .dockerSocket, .missingEnvironmentFile, .missingBuild, .unusedBuildArgument, .missingSecretFile, .movingTag,
        .dataOutsideVolume, .postgresPath, .noRestart, .tooLittleMemory, .noMemoryLimit, .privileged, .rootUser,
        .externalResource, .optionInOneWord, .earlyExpansion, .checkWithoutForm, .checkCannotFail, .checkToolMissing,
        .checkOnLocalhost, .unreadInitScripts, .foreignSQL, .seedBeforeTables, .mountMode, .openProxyAPI,
        .hiddenConfiguration, .besideTheProxy,
        .emptyDependencies, .shellWordInList, .wordBehindShellText, .unreadTimetable, .trustingDatabase,
        .keycloakWithoutDatabase,
        .publishedDebugger, .certificateMissing, .unreadEnvironmentFile, .hiddenProgram, .hiddenPermission,
        .emptyAgainstDefault, .secretsForFrontEnd, .installsAtStart,
        .contextOutside, .beatBeforeTables, .jobBeforeDatabase, .imageWithoutName, .leftPidFile,
        .originWithDefaultPort, .emptyOverFile, .waitsForLeftProfile, .internalNetwork,
        .publishedPlain, .relativeTarget, .emptiedList, .emptyCompose,
    ]
}
