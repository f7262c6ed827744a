// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR009. After a container escape, a process that ran as root is root on the host.
    static let declaredUser = ProofRule("PR009", .image, "each image declares a user that is not root") { trial in
        trial.images.map { image in
            let overrides = image.services.compactMap { trial.project[$0]?.user }
            let user = overrides.first ?? image.user
            let name = user.prefix { $0 != ":" }
            return .verdict(
                !name.isEmpty && name != "root" && name != "0", service: image.build.service,
                value: user.isEmpty ? "none, so root" : user, limit: "any but root",
                evidence: ["USER of the image: \(image.user.isEmpty ? "none" : image.user)"],
                diagnosis: "create an account and add USER before CMD")
        }
    }
}
