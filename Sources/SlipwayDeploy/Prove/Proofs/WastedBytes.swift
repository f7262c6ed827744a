// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR004. What a later layer deletes is still downloaded by every machine.
    static let wastedBytes = ProofRule("PR004", .image, "layers hide little of what earlier layers wrote") { trial in
        trial.images.map { image in
            let wasted = image.contents.waste.reduce(0) { $0 + $1.bytes }
            let own = image.contents.ownSizeInBytes
            let share = own > 0 ? Double(wasted) / Double(own) : 0
            // A megabyte is not worth a change of a Dockerfile.
            let isFine = wasted < 1_000_000 || share <= trial.limits.wastedShare
            return .verdict(
                isFine, service: image.build.service,
                value: "\(Figure.bytes(wasted)), \(Figure.percent(share)) of our layers",
                limit: Figure.percent(trial.limits.wastedShare),
                evidence: image.contents.waste.prefix(8).map {
                    "\(Figure.bytes($0.bytes))  /\($0.path) (layer \($0.layer))"
                },
                diagnosis:
                    "delete in the RUN that wrote it, use COPY --chown instead of RUN chown, or copy from a stage")
        }
    }
}
