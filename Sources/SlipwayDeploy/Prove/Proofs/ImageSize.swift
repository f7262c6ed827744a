// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR003. A large image is slow to start on a new machine and carries what nobody looked at.
    static let imageSize = ProofRule("PR003", .image, "each image stays under its size limit") { trial in
        trial.images.map { image in
            let limit = image.isFrontEnd ? trial.limits.frontEndImageInBytes : trial.limits.backEndImageInBytes
            let (all, own) = (image.contents.sizeInBytes, image.contents.ownSizeInBytes)
            // The lab's stand-ins are larger than the official images, so only what is added counts there.
            let isStandIn = image.facts.at("Config", "Labels", "slipway.lab.recipe") != nil
            let counted = isStandIn ? own : all
            var evidence = [
                "base \(image.base): \(Figure.bytes(all - own))", "added by our layers: \(Figure.bytes(own))",
            ]
            if isStandIn { evidence.append("the base is the lab's stand-in, so only our layers are held to the limit") }
            let largest = image.contents.visibleOwnFiles.sorted { ($0.size, $1.path) > ($1.size, $0.path) }.prefix(5)
            evidence += largest.map { "\(Figure.bytes($0.size))  /\($0.path)" }
            return .verdict(
                counted <= limit, service: image.build.service,
                value: "\(Figure.bytes(all)), \(Figure.bytes(own)) of it ours", limit: Figure.bytes(limit),
                evidence: evidence,
                diagnosis: "build in one stage and copy only what runs into a slim or alpine base")
        }
    }
}
