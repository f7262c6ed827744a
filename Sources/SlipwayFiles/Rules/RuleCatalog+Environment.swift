// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let dotenv: [Rule<CheckedFile<Dotenv>>] = [
        .committedSecret, .knownSecretInTemplate, .nameTwice, .publicSecret, .privateAddress, .originShape,
        .debugInProduction, .emptyPassword,
    ]

    static let contract: [Rule<CheckedRepository>] = [
        .requiredNeverGiven, .nameMismatch, .wrongType, .debugDeployed, .hostVariableLocal, .constantSecret,
        .trackedSecret, .browserAsksItself, .debugIsText, .credentialsForEverybody, .hostsNotGiven,
        .requiredNotInTemplate, .reachesNoContainer, .droppedTables, .keptPassword,
        .connectionPassword, .localOriginsAlone, .uncheckedPeer, .valueTooShort, .symfonyInDevelopment,
        .serverPasswordInDocument, .developmentSettings, .mailsNobodyGets, .adminWithoutLogin, .seedAccount,
        .databaseInGit, .debugByDefault, .originsOpenByDefault, .secretInDocument, .literalSigningKey, .servesItself,
        .comparedPassword, .openRules, .openSecurityGroup, .secretNotHandedOn, .platformGivesTooLittle,
        .addressWithoutPath,
        .loggedSecret, .anyHost, .debugInTemplate, .secretInBackup, .openUmask, .emptyNumber, .tokenKeyNeverMade,
        .plainCookie,
        .publishedHash, .neighbouringOrigins, .listWithoutRequired, .accountFromHeader, .secretOfTheMoment,
        .signingKeyInSettings, .accessRuleBehindAll, .claimedRole, .sessionsWithoutCSRF, .openMaintenance,
        .traceInAnswer, .developmentProfile, .addressFallsBack, .openEmptying, .seedPasswordInLog,
        .routeChangesSchema, .nobodyIsAsked, .unusedGuard, .documentedButUnread, .emptyText, .fixedDebug,
        .unchosenSettings,
        .uncleanCookie, .unnamedVariable, .secretInPlatformFile, .trackedDatabase, .localhostByDefault,
        .givenButUnread, .misplacedSettings, .unloadedSettings, .clientWithoutKey, .halfPair, .forbiddenExtra,
        .serverFallsBack, .requestWithoutVariable, .toldPassword, .containerNameOnHost, .platformLacksRequired,
        .debuggerStarted, .limitByForwardedText, .unusedLimit,
        .writtenSecret, .secretFileNotIgnored, .applicationKeyNeverMade, .inheritedDebug,
        .publishedEnvironment,
    ]
}
