// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let across: [Rule<CheckedRepository>] = [
        .exposedPort, .publishedPort, .upstreamPort, .hostGatewayPort, .checkPort, .loopbackInContainer,
        .developmentServer, .localhostInContainer, .unknownHost, .unknownUpstream, .separateNetworks,
        .healthPathMissing, .healthPathDiffers, .healthRouteUnused, .largeContext, .missingSource, .missingScript,
        .missingPackageScript, .missingModule, .dataWithoutVolume, .volumeOwner, .singleInstance,
        .singleInstanceWorkers, .readOnlyRoot, .migrationsNeverRun, .migrationsRunTwice, .migrationsByInstances,
        .failureSwallowed, .entryWithoutExec, .browserVariableAtRun, .browserVariableMissing, .buildWithoutTools,
        .lockFileMissing, .lockFileUnused, .poetryOption, .serverNotInstalled, .indexOnRequirement, .proxyTrust,
        .volumeRegion,
        .otherApplication, .servedFolder, .builtFolder,
        .noFallback, .misplacedConfiguration, .unusedConfiguration, .uploadLimit, .websocketUpgrade, .postgresScheme,
        .asyncpgOptions, .missingDriver, .pythonVersions, .nodeVersions, .workerMemory, .workerMissing,
        .nginxAsksItself,
        .unreadConfiguration, .otherCredentials, .hostPortInAddress, .passwordNotSent, .loopbackInCode,
        .missingDataSource, .noPublicFolder, .missingLogFolder, .servedNowhere, .certificateNowhere, .staleVolume,
        .unfilledVolume, .missingManifest, .missingCelery, .moduleRunsDevelopmentServer, .localhostInTemplate,
        .plainOnTLSPort, .unknownImportMeta, .windowsScript, .noPrismaMigrations, .prismaAddress, .prismaAdapter,
        .pythonPackageMissing, .packageFileMissing, .packageWithoutManifest, .unitAsRoot,
        .unmadeTables, .nodePackageMissing, .kindWithoutImage, .documentedScript, .migrationFailurePassedOver,
        .nothingToStart, .platformWithoutMigrations, .migrationToolLeftBehind, .unbuiltHostFolder, .bindMountOwner,
        .missingFrameworkFolder, .credentialsOfAnotherFile, .columnWithoutMigration, .prismaNotGenerated,
        .angularBrowserFolder, .missingImport, .proxiedPages, .migrationsLeftBehind, .bucketTwice,
    ]
}
