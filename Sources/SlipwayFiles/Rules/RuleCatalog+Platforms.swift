// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let fly: [Rule<CheckedFile<FlyToml>>] = [
        .flyUnknownKey, .flyDeadKey, .flyPort, .flyTwoServices, .flyUnknownProcess, .flyCheckRange, .flyNoCheck,
        .flyAutoStop, .flyVolumes, .flyReleaseVolume, .flyDockerfile, .flyMemory,
    ]

    static let render: [Rule<CheckedFile<RenderBlueprint>>] = [
        .renderUnknownKey, .renderPath, .renderPort, .renderDisk, .renderNoCheck, .renderSecret, .renderFallback,
        .renderFreePlan, .renderFreeDatabase, .renderSystemPackage, .renderWithoutTools, .renderMissingGroup,
    ]

    static let railway: [Rule<CheckedFile<RailwayConfig>>] = [
        .railwayUnknownKey, .railwayDockerfile, .railwayPort,
    ]

    static let procfile: [Rule<CheckedFile<Procfile>>] = [
        .procfilePort, .procfileNoWeb, .procfileDevelopmentServer, .procfileMissingFile,
        .procfileMissingModule,
    ]

    static let supervisor: [Rule<CheckedFile<SupervisorFile>>] = [
        .supervisorPercent, .supervisorEnvironment, .supervisorCopies, .supervisorUnknownOption,
        .supervisorStandardOutput, .supervisorBackground, .supervisorDevelopmentServer, .supervisorVariable,
        .supervisorMissingFile,
    ]

    static let appManifest: [Rule<CheckedFile<AppJSON>>] = [.appSecret, .appAddonPlan, .appFormation]
}
