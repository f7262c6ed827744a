// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let across = contracts + packages + running + contradictions + tables + storage

    /// Ports, names, health, data, migrations: what one file asks of another.
    private static let contracts: [Rule<CheckedRepository>] = [
        .exposedPort, .publishedPort, .upstreamPort, .hostGatewayPort, .checkPort, .loopbackInContainer,
        .developmentServer, .localhostInContainer, .unknownHost, .unknownUpstream, .separateNetworks,
        .healthPathMissing, .healthPathDiffers, .healthRouteUnused, .largeContext, .missingSource, .missingScript,
        .missingPackageScript, .missingModule, .dataWithoutVolume, .volumeOwner, .singleInstance,
        .singleInstanceWorkers, .readOnlyRoot, .migrationsNeverRun, .migrationsRunTwice, .migrationsByInstances,
        .failureSwallowed, .entryWithoutExec, .browserVariableAtRun, .browserVariableMissing, .buildWithoutTools,
        .lockFileMissing, .lockFileUnused, .poetryOption, .serverNotInstalled, .indexOnRequirement, .proxyTrust,
        .volumeRegion,
        .otherApplication, .servedFolder, .builtFolder,
        .noFallback, .misplacedConfiguration, .unusedConfiguration, .uploadLimit, .websocketUpgrade,
        .postgresScheme,
        .asyncpgOptions, .missingDriver, .pythonVersions, .nodeVersions, .workerMemory, .workerMissing,
        .nginxAsksItself,
        .unreadConfiguration, .otherCredentials, .hostPortInAddress, .passwordNotSent, .loopbackInCode,
        .missingDataSource, .noPublicFolder, .missingLogFolder, .supervisorDetached, .missingPythonName,
        .unknownForeignTable, .unlistedMigration, .redirectedBySudo,
        .scaledWithFixedPort, .dumpOfAnotherDatabase, .unassignedPowerShell, .missingWorkspaceScript,
        .unchosenProfile, .documentedDataLoss,
        .repeatedColumn, .warWithoutInitializer, .servedNowhere,
        .certificateNowhere, .staleVolume,
        .unfilledVolume, .missingManifest, .missingCelery, .moduleRunsDevelopmentServer, .localhostInTemplate,
        .plainOnTLSPort, .unknownImportMeta, .windowsScript, .noPrismaMigrations, .prismaAddress, .prismaAdapter,
        .pythonPackageMissing, .packageFileMissing, .packageWithoutManifest, .unitAsRoot,
        .unmadeTables, .nodePackageMissing, .lockGap, .kindWithoutImage, .documentedScript, .refusedCompose,
        .toldUnknownService, .containerByService, .toldMissingFile, .buildWithoutDockerfile, .secretBuildArgument,
        .staleImages, .missingTarget, .toldPackageScript, .toolNotInImage, .unbuiltStart, .unmadeEnvironmentFile,
        .missingCronLog, .unitMissingProgram, .unitWithoutVariables, .unknownTaskContainer,
        .tablesInDevelopmentOnly, .refusedPath, .hiddenPage, .unpublishedVariable,
        .processInPage, .missingImport, .encryptionRefused, .runWithoutVariables, .pipelineWithoutEnvironmentFile,
        .pushedUnderOtherName, .guideWithoutAssets, .unknownManageCommand, .secureCookieBehindProxy,
        .originsOfForms,
        .noStaticRoot, .guideWithoutRoles, .publishedTwice, .composeNotInstalled,
        .migrationFailurePassedOver, .nothingToStart, .droppedCommand, .platformWithoutMigrations,
        .migrationToolLeftBehind, .unbuiltHostFolder, .bindMountOwner, .missingFrameworkFolder,
        .credentialsOfAnotherFile, .columnWithoutMigration, .prismaNotGenerated, .angularBrowserFolder,
        .proxiedPages, .migrationsLeftBehind, .bucketTwice, .buildWithoutVariable, .modelsBeforeSetup,
        .unwritableTimetable, .timetableTwice, .goFilesLeftBehind, .prismaWithoutOpenSSL, .neonDriverForPostgres,
        .importMetaFolder, .vercelWithoutFallback, .unmatchedFilter, .includedFileLeft, .fetchedPrisma,
        .redirectedCheck, .unwritableDatabase,
    ]

    /// Packages that do not fit each other, the code or the image.
    private static let packages: [Rule<CheckedRepository>] = [
        .unfitPythonPackages, .driverOfAnotherName, .greenletMissing, .packageWithoutWheel, .removedPythonName,
        .removedNodeName,
        .toolTooOldForNode, .olderBuildConfiguration,
        .commonInModule, .installScriptFails, .languageVersion, .unresolvedModule,
    ]

    /// What starts, builds or reaches nothing.
    private static let running: [Rule<CheckedRepository>] = [
        .limitCountsProxy, .migrationsNotInGit, .developmentByDefault, .shellWordInUnit, .platformContext, .styleBudget,
        .templatePort, .otherDatabase, .proxyToFixedAddress, .writtenConfiguration,
        .uploadsInContainer, .localhostForContainer, .staticNeverCollected, .missingClass, .unproxiedFiles,
        .testsOnLiveDatabase, .emptyingSeed,
        .examplePlace, .askedPush, .laterTable, .forbiddenInTransaction, .unknownAlias, .documentedVitePort,
        .copyOverRunningProgram, .folderOfRoot, .workflowElsewhere, .tablesMadeTwice, .foreignProgram, .toldUnknownHost,
        .prefixLost, .unusedCors, .localhostInSettings, .symfonyWithoutDotenv, .swiftTooOldForPins, .extensionTooNew,
        .socketWithoutFolder, .alteredAtStart, .toldBuildOfNothing, .springUploadLimit,
        .conflictMarkers, .exploitedVersion, .toldElsewhere, .toolNotInJob, .entryNeverStarted, .unknownPeriodicTask,
        .missingExtension, .columnNeverMade, .unknownField, .scriptWithoutFile, .namedPipelineElsewhere,
    ]

    /// What two places of a repository say differently.
    private static let contradictions: [Rule<CheckedRepository>] = [
        .clonedFolder, .shadowedRoute, .constantOfAnotherPath, .unknownStatus, .removedImage, .railsInDevelopment,
        .unitSocket, .vercelOutput, .swarmWithoutWorkers, .stackWithoutVariables, .stackWithoutSource, .unpublishedPort,
        .unpublishedStore, .httpsDemanded, .certificateLacksName, .hostServerBesideContainer, .proxiesNotTrusted,
        .challengeUnserved, .refusedHost,
        .documentedLocalhost, .toldMissingModule, .platformMissingModule, .toldNotExecutable, .configurationOutside,
        .netlifyPublish, .djangoEngine, .unpassedArgument, .unproxiedCall,
        .unbuiltArchive, .unreadablePnpmLock, .lostTerraformState, .lintWithoutSettings, .checkWithoutTests,
        .compiledDeeper, .callsOwnServer, .socketBehindPort, .cargoPrograms, .standaloneOutput, .missingSetuptools,
        .unreadQueue,
    ]

    /// Who makes the tables of a new database.
    private static let tables: [Rule<CheckedRepository>] = [
        .replacedMigration, .noBaseTables, .rolesNeverMade, .modelWithoutMigration, .migrationsWithoutPackage,
        .promisedAccount, .tablesBeforeMigration, .idleDatabase,
    ]

    /// Where data lives, and what deletes it.
    private static let storage: [Rule<CheckedRepository>] = [
        .lostOnPlatform, .uploadsServedElsewhere, .uploadsServedNowhere, .clusterDeletedAtStart, .fileDatabaseOnHeroku,
        .dataDirectoryInGit, .staticUnserved, .mediaUnserved, .unmadeDataFolder,
    ]
}
