// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR006. Whoever can pull an image can read every layer of it, also what a later layer deletes.
    static let secretsInLayers = ProofRule("PR006", .image, "no layer holds a secret, deleted or not") { trial in
        trial.images.map { image in
            let found = image.contents.secrets
            return .verdict(
                found.isEmpty, service: image.build.service, value: "\(found.count) findings", limit: "0 findings",
                evidence: found.prefix(12).map { "/\($0.path):\($0.line) \($0.what)" },
                diagnosis: "pass it with RUN --mount=type=secret while building, or as a variable when it starts; "
                    + "then change the secret, because it is known now")
        }
    }
}
