// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What needs what, in columns from the door to the databases.
struct PartsPicture: Sendable {
    private static let (width, height, gapX, gapY) = (190, 58, 50, 22)
    private let parts: [ProofReport.Part]

    init(_ parts: [ProofReport.Part]) { self.parts = parts }

    var svg: String {
        guard !parts.isEmpty else { return "<p>Nothing was started.</p>" }
        var columns: [Int: [String]] = [:]
        for part in parts.sorted(by: { $0.name < $1.name }) {
            columns[depth(of: part.name), default: []].append(part.name)
        }
        var places: [String: (x: Int, y: Int)] = [:]
        for (column, names) in columns {
            for (row, name) in names.enumerated() {
                places[name] = (8 + column * (Self.width + Self.gapX), 8 + row * (Self.height + Self.gapY))
            }
        }
        let right = (places.values.map(\.x).max() ?? 0) + Self.width + 8
        let bottom = (places.values.map(\.y).max() ?? 0) + Self.height + 8
        let arrows = parts.flatMap { part in part.needs.compactMap { arrow(places[part.name], places[$0]) } }
        let boxes = parts.compactMap { part in places[part.name].map { box(part, at: $0) } }
        let words = parts.map { part in
            part.needs.isEmpty ? part.name : "\(part.name) needs \(part.needs.joined(separator: " and "))"
        }.joined(separator: "; ")
        return """
            <div class="scroll"><svg viewBox="0 0 \(right) \(bottom)" width="\(right)" height="\(bottom)" style="min-width:\(min(right, 520))px" role="img" aria-label="\(Markup.escape(words))">
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>
            \((arrows + boxes).joined(separator: "\n"))
            </svg></div>
            """
    }

    /// How many steps from what nothing needs; names that need each other stop at the number of parts.
    private func depth(of name: String) -> Int {
        var depth = 0
        var front: Set<String> = [name]
        while depth < parts.count {
            let above = Set(parts.filter { part in part.needs.contains { front.contains($0) } }.map(\.name))
            guard !above.isEmpty else { break }
            front = above
            depth += 1
        }
        return depth
    }

    private func box(_ part: ProofReport.Part, at place: (x: Int, y: Int)) -> String {
        let kind = part.kind == "gateway" ? "box door" : "box"
        let radius = part.kind == "resource" ? 18 : 5
        let detail = part.detail.count > 24 ? part.detail.prefix(23) + "…" : part.detail[...]
        let label = part.kind == "gateway" ? "the one address" : part.kind == "task" ? "runs once" : String(detail)
        let name = part.name.count > 20 ? part.name.prefix(19) + "…" : part.name[...]
        return
            "<rect class=\"\(kind)\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(Self.width)\" height=\"\(Self.height)\" rx=\"\(radius)\"/>"
            + "<text x=\"\(place.x + 14)\" y=\"\(place.y + 25)\" font-weight=\"600\">\(Markup.escape(String(name)))</text>"
            + "<text class=\"soft\" x=\"\(place.x + 14)\" y=\"\(place.y + 44)\">\(Markup.escape(label))</text>"
    }

    private func arrow(_ from: (x: Int, y: Int)?, _ to: (x: Int, y: Int)?) -> String? {
        guard let from, let to else { return nil }
        let (x1, y1) = (from.x + Self.width, from.y + Self.height / 2)
        let (x2, y2) = (to.x, to.y + Self.height / 2)
        let middle = (x1 + x2) / 2
        return
            "<path class=\"arrow\" marker-end=\"url(#tip)\" d=\"M\(x1) \(y1)C\(middle) \(y1) \(middle) \(y2) \(x2) \(y2)\"/>"
    }
}
