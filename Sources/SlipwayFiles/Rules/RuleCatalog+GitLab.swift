// SPDX-License-Identifier: Apache-2.0

extension RuleCatalog {
    static let gitlab: [Rule<CheckedFile<YAMLDocument>>] = [
        .unknownPipelineKey, .incompletePipelineJob, .danglingPipelineJob, .pipelineSecret, .movingPipelineImage,
        .pipelineDeployTwice, .pipelineLosesData, .pipelineUncheckedHost,
    ]
}
