// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let workflow: [Rule<CheckedFile<YAMLDocument>>] = [
        .unknownWorkflowKey, .incompleteJob, .danglingNeeds, .danglingOutput, .secretInCondition, .alwaysTrue,
        .versionAsNumber, .badSchedule, .scriptInjection, .untrustedCheckout, .unpinnedAction, .movableAction,
        .broadPermissions, .missingPermission, .secretInLog, .ownRunner, .retiredAction, .oldAction, .retiredRunner,
        .oldCommand, .otherVersion, .missingWorkflowPath, .cacheWithoutLock, .constantCacheKey, .serviceWithoutCheck,
        .cannotFail, .deployWithoutConcurrency, .missingCheckout, .undocumentedSecret, .pushWithoutLogin,
        .inputInjection, .workflowLosesData,
        .workflowUncheckedHost, .otherDockerfile, .pnpmVersion, .branchOfWorkflowRun,
        .workflowWithoutDatabase,
    ]
}
