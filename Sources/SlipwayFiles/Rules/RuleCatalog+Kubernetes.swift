// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let kubernetes: [Rule<CheckedFile<ManifestFile>>] = [
        .noReadiness, .noLiveness, .noLimits, .limitBelowRequest, .noDrain, .sharedSingleVolume, .rollingSingleVolume,
        .storeWithoutVolume, .podRunsAsRoot, .privilegedPod, .hostNamespace, .addedCapability, .movingPodImage,
        .plainSecret, .plainSecretData, .removedVersion, .selectorMismatch, .serviceWithoutPods, .wrongTargetPort,
        .danglingConfiguration, .danglingIngress, .unknownContainerKey, .scaledTwice,
        .publishedDatabase, .danglingAutoscaler, .imageOfAnotherName, .fixedUserOnOpenShift,
    ]

    static let charts: [Rule<CheckedRepository>] = [
        .missingResource, .incompleteChart, .unknownChartValue, .chartPassword, .chartMakesNamespace,
        .otherNamespace, .toldSecretKeys, .optionalAndRequired,
    ]
}
