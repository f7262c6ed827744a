// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR008. A set-user-ID program gives an attacker in the container root.
    static let addedPrivileges = ProofRule("PR008", .image, "our layers add no set-user-ID program") { trial in
        trial.images.map { image in
            let added = image.contents.addedPrivileged
            return .verdict(
                added.isEmpty, service: image.build.service, value: "\(added.count) files", limit: "0 files",
                evidence: added.prefix(10).map { "/\($0)" },
                diagnosis: "chmod u-s,g-s FILE in the RUN that brings it, or leave its package out")
        }
    }
}
