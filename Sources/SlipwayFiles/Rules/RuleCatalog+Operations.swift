// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let workflow: [Rule<CheckedFile<YAMLDocument>>] = [
        .branchAction, .tagAction, .scriptInjection, .targetCheckout, .widePermissions, .printedSecret,
        .secretBuildArgument, .workflowPath, .endedAction, .endedCommand, .workflowShape, .deployConcurrency,
    ]

    static let script: [Rule<CheckedFile<PlainText>>] = [
        .noErrexit, .swallowedFailure, .printsSecret, .tracesSecret, .missingScriptFile, .pipedDownload, .bashInSh,
        .removesRoot, .removesVolumes, .carriageReturns,
    ]

    static let unit: [Rule<CheckedFile<PlainText>>] = [.unitRelativePath, .unitUser, .unitRestart]

    static let kubernetes: [Rule<CheckedFile<YAMLDocument>>] = [
        .podTag, .podLimits, .podProbes, .podRoot, .podHost, .serviceSelector, .workloadSelector, .danglingReference,
        .committedSecretObject, .removedAPI, .serviceTarget, .sharedClaim, .ingressBackend, .literalSecret,
    ]
}
