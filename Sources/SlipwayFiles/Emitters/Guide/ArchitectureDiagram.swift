// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The application as boxes and arrows, drawn from the app spec: as Mermaid text and as SVG.
struct ArchitectureDiagram {
    private struct Box {
        let id: String
        let title: String
        let detail: String
        let column: Int
    }

    let layout: Layout

    private var boxes: [Box] {
        var boxes = [Box(id: "browser", title: "Browser", detail: "", column: 0)]
        for service in layout.app.services {
            let isDoor = service.name == layout.front?.name
            let place = layout.port(of: service).map { "port \($0)" } ?? service.role.rawValue
            boxes.append(
                Box(
                    id: "service-\(service.name)", title: service.name,
                    detail: [service.framework ?? service.language ?? "files", place].joined(separator: ", "),
                    column: isDoor ? 1 : 2))
        }
        for resource in layout.app.resources {
            let port = ResourceImage(resource).map { ", port \($0.port)" } ?? ""
            boxes.append(
                Box(
                    id: "resource-\(resource.name)", title: resource.name, detail: resource.kind.rawValue + port,
                    column: 3))
        }
        return boxes
    }

    private var arrows: [(from: String, to: String, label: String)] {
        var arrows: [(from: String, to: String, label: String)] = []
        if let front = layout.front {
            arrows.append(("browser", "service-\(front.name)", "HTTPS"))
            for (service, routes) in layout.upstreams(behind: front) {
                arrows.append(
                    ("service-\(front.name)", "service-\(service.name)", routes.prefix(3).joined(separator: " ")))
            }
        }
        for service in layout.app.services {
            for name in service.uses {
                let kind = layout.app.resource(named: name) == nil ? "service" : "resource"
                let variable = layout.app.resource(named: name)?.variable ?? ""
                arrows.append(("service-\(service.name)", "\(kind)-\(name)", variable))
            }
        }
        return arrows
    }

    // MARK: Mermaid

    /// A flow chart without the fence around it.
    var mermaid: String {
        func id(_ text: String) -> String { text.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\"", with: "#quot;").replacing("\n", with: " ") + "\""
        }
        var lines = ["flowchart LR"]
        for box in boxes {
            let text = quoted(box.detail.isEmpty ? box.title : "\(box.title)<br/>\(box.detail)")
            lines.append(box.column == 3 ? "    \(id(box.id))[(\(text))]" : "    \(id(box.id))[\(text)]")
        }
        for arrow in arrows {
            let label = arrow.label.isEmpty ? "" : "|\(quoted(arrow.label))|"
            lines.append("    \(id(arrow.from)) -->\(label) \(id(arrow.to))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: SVG

    private static let width = 190
    private static let height = 54
    private static let gap = 28
    private static let step = 280

    var svg: String {
        let columns = Dictionary(grouping: boxes, by: \.column)
        let rows = columns.values.map(\.count).max() ?? 1
        let total = rows * (Self.height + Self.gap) + Self.gap
        var places: [String: (x: Int, y: Int)] = [:]
        for (column, boxes) in columns {
            let used = boxes.count * (Self.height + Self.gap) - Self.gap
            for (row, box) in boxes.enumerated() {
                places[box.id] = (Self.gap + column * Self.step, (total - used) / 2 + row * (Self.height + Self.gap))
            }
        }
        let wide = Self.gap * 2 + Self.step * (columns.keys.max() ?? 0) + Self.width
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(wide) \(total)\" width=\"\(wide)\" height=\"\(total)\" "
                + "role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\">",
            "<title>\(Self.escaped(layout.app.name)): services and what they need</title>",
            "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
                + "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#57606a\"/></marker></defs>",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        ]
        for arrow in arrows {
            guard let from = places[arrow.from], let to = places[arrow.to] else { continue }
            lines += line(from, to, label: arrow.label)
        }
        for box in boxes {
            guard let place = places[box.id] else { continue }
            lines += rectangle(box, place)
        }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), label: String) -> [String] {
        let isForward = to.x > from.x
        let start = (
            x: from.x + (isForward ? Self.width : Self.width / 2),
            y: from.y + (isForward ? Self.height / 2 : Self.height)
        )
        let end = (x: to.x + (isForward ? 0 : Self.width / 2), y: to.y + (isForward ? Self.height / 2 : 0))
        var lines = [
            "<path d=\"M\(start.x) \(start.y)L\(end.x) \(end.y)\" stroke=\"#57606a\" fill=\"none\" marker-end=\"url(#tip)\"/>"
        ]
        if !label.isEmpty {
            lines.append(
                "<text x=\"\((start.x + end.x) / 2)\" y=\"\((start.y + end.y) / 2 - 5)\" text-anchor=\"middle\" font-size=\"10\" "
                    + "fill=\"#57606a\">\(Self.escaped(String(label.prefix(24))))</text>")
        }
        return lines
    }

    private func rectangle(_ box: Box, _ place: (x: Int, y: Int)) -> [String] {
        let fill = ["#f6f8fa", "#ddf4ff", "#dafbe1", "#fff8c5"][min(box.column, 3)]
        let middle = place.x + Self.width / 2
        var lines = [
            "<rect x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(Self.width)\" height=\"\(Self.height)\" rx=\"6\" fill=\"\(fill)\" "
                + "stroke=\"#57606a\"/>",
            "<text x=\"\(middle)\" y=\"\(place.y + (box.detail.isEmpty ? 32 : 23))\" text-anchor=\"middle\" font-weight=\"600\" "
                + "fill=\"#1f2328\">\(Self.escaped(String(box.title.prefix(26))))</text>",
        ]
        if !box.detail.isEmpty {
            lines.append(
                "<text x=\"\(middle)\" y=\"\(place.y + 41)\" text-anchor=\"middle\" font-size=\"11\" fill=\"#57606a\">"
                    + "\(Self.escaped(String(box.detail.prefix(32))))</text>")
        }
        return lines
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
