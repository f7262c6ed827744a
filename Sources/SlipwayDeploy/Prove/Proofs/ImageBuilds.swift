// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR001. What builds on its author's machine only was never deployable.
    static let imageBuilds = ProofRule("PR001", .build, "every image builds from a clean checkout") { trial in
        if let failure = trial.buildFailure {
            return [
                Measurement(
                    .fail, value: failure.message, limit: "all images", evidence: failure.details,
                    diagnosis: failure.hint)
            ]
        }
        return trial.images.map { image in
            let steps = "\(image.built.stepCount) steps, \(image.built.reusedCount) of them reused"
            return Measurement(
                .pass, service: image.build.service, value: Figure.seconds(image.built.seconds), limit: "builds",
                evidence: [steps, image.built.identifier]
                    + (image.built.attempts > 1 ? ["\(image.built.attempts) attempts: the network failed"] : []))
        }
    }
}
