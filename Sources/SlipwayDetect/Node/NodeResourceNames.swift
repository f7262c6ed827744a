// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which of the usual variables a package's code reads to find its databases.
enum NodeResourceNames {
    static func find(_ kinds: [Resource.Kind], _ project: NodeProject, _ tree: SourceTree) -> [Evidence] {
        let wanted = Set(kinds.flatMap { ResourceVariables.names[$0] ?? [] })
        guard !wanted.isEmpty else { return [] }
        let search = ByteSearch(wanted.map { $0.lowercased() }.sorted())
        var places: [String: (file: String, line: Int)] = [:]
        for path in project.scripts {
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for word in line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }) {
                    let name = String(word)
                    if wanted.contains(name), places[name] == nil { places[name] = (path, index + 1) }
                }
            }
        }
        return kinds.compactMap { kind in
            guard let name = ResourceVariables.names[kind]?.first(where: { places[$0] != nil }),
                let place = places[name]
            else { return nil }
            return .resource(
                kind, version: nil, variable: name,
                Origin(
                    file: place.file, line: place.line, why: "the code reads \(name)", confidence: Confidence.toolFile))
        }
    }
}
