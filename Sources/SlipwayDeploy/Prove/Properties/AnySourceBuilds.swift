// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

extension ProofRule {
    /// PP001. A file with an odd name, or one more, must break no build.
    static let anySourceBuilds = ProofRule(
        "PP001", .running, "whatever harmless files stand beside the source, the image builds"
    ) { trial in
        var measurements: [Measurement] = []
        for image in trial.images {
            let seed = PropertyCatalog.seed()
            var random = RandomValues(seed: seed)
            let context = FileStore(root: image.build.context)
            var evidence = ["seed \(seed)"]
            var built = 0
            for _ in 0..<PropertyCatalog.rounds {
                var paths: [String] = []
                for _ in 0..<4 {
                    let file = random.file()
                    let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
                    try context.makeDirectory(folder)
                    try context.write(file.text, to: file.path)
                    paths.append(file.path)
                }
                do {
                    _ = try await trial.builder.run(image.build)
                    built += 1
                } catch let error as SlipwayError where error.code == .buildFailed {
                    evidence += ["with \(paths.joined(separator: ", "))"] + error.details.suffix(4)
                }
                try context.remove("slipway-trial-files")
            }
            measurements.append(
                .verdict(
                    built == PropertyCatalog.rounds, service: image.build.service,
                    value: "\(built) of \(PropertyCatalog.rounds) contexts built", limit: "all", evidence: evidence,
                    diagnosis: "copy folders by name, not by a pattern that an odd file name breaks"))
        }
        return measurements
    }
}
