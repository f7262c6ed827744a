// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy

/// What `slipway build` does besides building.
public struct ImageOptions: Sendable {
    /// Whether layers of earlier builds may not be used.
    public var isFresh: Bool
    /// Whether the same commit gives the same layers again.
    public var isReproducible: Bool
    /// Of the whole build; `nil` for 30 minutes.
    public var deadline: Duration?
    /// Gets what each image holds, as CycloneDX and SPDX.
    public var softwareFolder: String?
    /// Whether Trivy or Grype is asked about what the images hold.
    public var scans: Bool
    /// Where images are pushed: `ghcr.io/acme`.
    public var registry: String?
    /// Where images are sent without a registry: `user@host`.
    public var host: String?

    /// Nothing but building when only the first three are given.
    public init(
        isFresh: Bool = false, isReproducible: Bool = false, deadline: Duration? = nil, softwareFolder: String? = nil,
        scans: Bool = false,
        registry: String? = nil, host: String? = nil
    ) {
        self.isFresh = isFresh
        self.isReproducible = isReproducible
        self.deadline = deadline
        self.softwareFolder = softwareFolder
        self.scans = scans
        self.registry = registry
        self.host = host
    }
}

/// What `slipway build` made.
public struct BuiltImages: Sendable {
    let images: [BuiltImage]
    var software: [ImageSoftware.Written] = []
    /// By image.
    var vulnerabilities: [String: [VulnerabilityScan.Finding]] = [:]
    var deliveries: [ImageDelivery.Sent] = []

    init(images: [BuiltImage]) { self.images = images }

    /// One line an image, then what was found and where it went.
    public var table: String {
        var lines = images.map { image in
            let reused = image.reusedCount > 0 ? ", \(image.reusedCount) of \(image.stepCount) steps reused" : ""
            return "\(image.tags.joined(separator: "  "))  \(tenths(image.seconds)) s\(reused)"
        }
        lines += software.map { list in
            "\(list.image)  \(list.packageCount) packages, \(list.ownCount) of them ours: \(list.file)"
        }
        for (image, findings) in vulnerabilities.sorted(by: { $0.key < $1.key }) {
            lines.append("\(image)  \(findings.count) known vulnerabilities")
            lines += findings.prefix(20).map { finding in
                let remedy = finding.fixedIn.map { "fixed in \($0)" } ?? "no fix yet"
                let owner = finding.isBase ? "base image" : "ours"
                return "  \(finding.severity)  \(finding.identifier)  \(finding.package)  \(remedy) (\(owner))"
            }
        }
        lines += deliveries.map { sent in
            let layers =
                sent.sentBytes > 0 ? ", \(sent.sentLayers) of \(sent.layers) layers, \(sent.sentBytes) bytes" : ""
            return "\(sent.image)  -> \(sent.destination)\(layers)"
        }
        return lines.joined(separator: "\n")
    }

    /// `{"images": [{"service", "tags", "identifier", "seconds", ...}]}`, with what else was asked for.
    public func json() throws -> String {
        try JSONText.pretty(
            Listing(
                images: images, software: software.isEmpty ? nil : software,
                vulnerabilities: vulnerabilities.isEmpty ? nil : vulnerabilities,
                deliveries: deliveries.isEmpty ? nil : deliveries))
    }

    private struct Listing: Encodable {
        let images: [BuiltImage]
        let software: [ImageSoftware.Written]?
        let vulnerabilities: [String: [VulnerabilityScan.Finding]]?
        let deliveries: [ImageDelivery.Sent]?
    }

    private func tenths(_ seconds: Double) -> String {
        let count = Int((seconds * 10).rounded())
        return "\(count / 10).\(count % 10)"
    }
}
