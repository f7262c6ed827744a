// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    /// By code.
    static let dockerfile: [Rule<CheckedDockerfile>] = [
        .sourceBeforeInstall, .compileWithoutCache, .sharedTargetCache, .developmentDependencies, .buildToolsLeft,
        .nonRootUser, .secretValue, .secretFile, .healthcheckCannotFail, .healthcheckTool, .healthcheckOnLocalhost,
        .homelessUser, .unreachableStage, .fixedArchitecture, .toolchainImage, .fullImage, .buildWithoutTools,
        .updateAlone, .noIgnoreFile, .developmentServer, .pipedScript, .worldWritable, .oldBase, .severalProcesses,
        .installWithoutLock, .missingSource, .changedVolume, .installAsUser, .programLeftBehind, .copyFolderToFile,
        .foreignPackageManager, .shellWordInList, .wordBehindShellText, .phpExtensions, .closedHome,
        .templateAsEnvironment, .nativeModules, .linkedToAnotherLibrary, .packagesOfAnotherPython, .quietingComment,
        .stageCasing, .asCasing, .keywordCasing, .undefinedArgument, .argumentOutOfSight, .legacyPairs,
        .defaultMissing, .emptyContinuation, .ignoredSource, .exposeCasing, .exposeFormat, .absoluteWorkdir,
        .commandWithoutSense, .lastUserIsRoot, .changeOfDirectory, .sudo, .untaggedImage, .latestImage, .aptVersions,
        .aptLists, .addForArchive, .portRange, .healthchecks, .pipVersions, .aptYes, .aptRecommends, .npmVersions,
        .apkVersions, .apkCache, .addInsteadOfCopy, .copyToFolder, .copyFromUnknown, .copyFromItself, .stageNames,
        .jsonCommands, .aptCommand, .gemVersions, .platformInFrom, .yumYes, .yumCache, .yumVersions, .zypperYes,
        .zypperUpgrade, .zypperCache, .zypperVersions, .dnfYes, .dnfCache, .dnfVersions, .pipCache, .forbiddenTrigger,
        .ownVariable, .copyWithoutWorkdir, .highUserID, .wgetProgress, .labelKeys, .noHealthcheck, .consecutiveRuns,
        .yarnCache, .firstInstruction, .goVersions, .reservedStageName, .secretVariable, .redundantPlatform,
        .namedUser, .wholeFileSystem, .maintainer, .wgetAndCurl, .commands, .entrypoints, .linkedShell,
        .trustedRegistry, .missingLabel, .unknownLabel, .emptyLabel, .urlLabel, .timeLabel, .licenceLabel, .hashLabel,
        .versionLabel, .mailLabel, .pipefail, .unquotedVariable, .unquotedOutput, .backticks, .uncheckedChange,
        .packagesOfAnotherLibrary, .buildConfigurationLeft, .wrapperWithoutRight, .unknownPackage, .debuggerInImage,
        .databaseInBuild, .browserOfAnotherLibrary, .corepackGone, .cargoEmptyProgram, .cargoMembers, .serverInBuild,
        .takenAccount,
        .nginxAccount, .olderLibrary, .managedPython,
    ]

    /// By code.
    static let dockerIgnore: [Rule<CheckedFile<DockerIgnore>>] = [
        .nestedSecrets, .secretInContext, .missingUsual, .neededExcluded, .matchesNothing, .localSecrets,
        .frameworkFolders,
    ]
}
