// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR005. Development files make an image larger and tell an attacker more.
    static let unwantedFiles = ProofRule(
        "PR005", .image, "no image holds caches, git data, variables or development tools"
    ) {
        trial in
        trial.images.map { image in
            var counts: [String: (count: Int, bytes: Int, first: String)] = [:]
            for file in image.contents.visibleOwnFiles {
                guard let kind = UnwantedFile.kind(file.path) else { continue }
                let earlier = counts[kind] ?? (0, 0, file.path)
                counts[kind] = (earlier.count + 1, earlier.bytes + file.size, earlier.first)
            }
            let total = counts.values.reduce(0) { $0 + $1.count }
            return .verdict(
                counts.isEmpty, service: image.build.service, value: "\(total) files", limit: "0 files",
                evidence: counts.sorted { $0.key < $1.key }.prefix(12).map { kind, found in
                    "\(kind): \(found.count) files, \(Figure.bytes(found.bytes)), first /\(found.first)"
                },
                diagnosis: "keep them out with .dockerignore (**/.env, **/.git, **/node_modules, **/__pycache__), "
                    + "with --no-cache-dir, or by copying from a build stage")
        }
    }
}
