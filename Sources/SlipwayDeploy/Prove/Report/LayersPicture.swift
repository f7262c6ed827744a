// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One bar an image: grey is the base, blue is ours.
struct LayersPicture: Sendable {
    private let images: [ProofReport.Image]

    init(_ images: [ProofReport.Image]) { self.images = images }

    var html: String {
        guard !images.isEmpty else { return "<p>No image was built.</p>" }
        return images.map(image).joined(separator: "\n")
    }

    private func image(_ image: ProofReport.Image) -> String {
        let bars = image.layers.filter { $0.sizeInBytes > 0 }.map { layer in
            "<span class=\"\(layer.isBase ? "base" : "own")\" style=\"flex:\(layer.sizeInBytes) 0 0\" title=\"\(Figure.bytes(layer.sizeInBytes))\"></span>"
        }.joined()
        let rows = image.layers.filter { $0.sizeInBytes > 0 }.map { layer in
            "<tr\(layer.isBase ? " class=\"base\"" : "")><td>\(Figure.bytes(layer.sizeInBytes))</td><td>\(layer.isBase ? "base" : Markup.escape(layer.createdBy))</td></tr>"
        }.joined()
        let all = Figure.bytes(image.sizeInBytes)
        let own = Figure.bytes(image.ownSizeInBytes)
        return """
            <h3>\(Markup.escape(image.service)) on \(Markup.escape(image.base)): \(all), \(own) of it ours</h3>
            <div class="stack" role="img" aria-label="\(all), of which our layers add \(own)">\(bars)</div>
            <table>\(rows)</table>
            """
    }
}
