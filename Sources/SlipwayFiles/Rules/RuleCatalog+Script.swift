// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let script: [Rule<CheckedFile<ScriptFile>>] = [
        .replacedTooMuch, .goesOn, .swallowedMigration, .lostPipeFailure, .uncheckedFolder, .endlessWait,
        .deletesFromVariable,
        .unquotedPath, .unquotedArguments, .environmentThroughXargs, .printedSecret, .secretInArguments,
        .pipedInstaller, .uncheckedHost, .uncheckedCertificate, .noExec, .unwatchedProcess, .developmentServer,
        .installsAtStart, .writesMigrations, .waitsForLocalhost, .windowsLineEnds, .brokenFirstLine,
        .bashInPlainShell, .missingBash, .oldCompose, .openPermissions, .missingScript, .losesData, .constantSecret,
        .notExecutable, .unknownService, .unusedComposeVariable, .nginxBeforeCertificate,
        .restoreOverData,
        .replacesNothing, .globalInstallWithoutRight, .printsStartup, .closedPort, .pm2ServesElsewhere,
        .standaloneBesideProxy, .readableKey, .publishedSocket, .toolNotOnPath, .readsIgnoredFile,
    ]
}
