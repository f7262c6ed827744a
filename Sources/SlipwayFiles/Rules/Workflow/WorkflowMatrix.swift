// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The lists of a job's matrix, so that a step can be read once for each value.
struct WorkflowMatrix {
    private let lists: [(name: String, values: [String])]

    init(_ job: WorkflowJob) {
        lists = (job.node.at("strategy", "matrix")?.mapping?.entries ?? []).compactMap { entry in
            guard let items = entry.value.sequence, !["include", "exclude"].contains(entry.key) else { return nil }
            let values = items.compactMap(\.text).filter(ToldCommand.isPlain)
            return values.count == items.count && !values.isEmpty ? (entry.key, values) : nil
        }
    }

    /// The texts of a step for each value that is wanted; as they are where no list has one.
    func readings(
        of texts: [String], in step: WorkflowStep, where isWanted: (String) -> Bool = { _ in true }
    ) -> [[String]] {
        guard texts.contains(where: { $0.contains("matrix.") }),
            let list = lists.first(where: { list in
                list.values.contains(where: isWanted) && texts.contains { Self.fill($0, list.name, "") != $0 }
            })
        else { return [texts] }
        return list.values.filter { isWanted($0) && Self.allows($0, of: list.name, step) }.map { value in
            texts.map { Self.fill($0, list.name, value) }
        }
    }

    /// Whether the step's condition lets it run with the value, as far as that can be read.
    private static func allows(_ value: String, of name: String, _ step: WorkflowStep) -> Bool {
        guard let condition = step.node["if"]?.text?.filter({ $0 != " " }), condition.contains("matrix.\(name)") else {
            return true
        }
        guard !condition.contains("||") else { return false }
        if condition.contains("matrix.\(name)=='") { return condition.contains("matrix.\(name)=='\(value)'") }
        if condition.contains("matrix.\(name)!='") { return !condition.contains("matrix.\(name)!='\(value)'") }
        return false
    }

    /// `${{ matrix.NAME }}` with its value.
    private static func fill(_ text: String, _ name: String, _ value: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = TextSearch.range(of: "${{", in: rest) {
            guard let close = TextSearch.range(of: "}}", in: rest[open.upperBound...]) else { break }
            let isOwn = rest[open.upperBound..<close.lowerBound].trimmed == "matrix.\(name)"
            result += isOwn ? rest[..<open.lowerBound] + value : rest[..<close.upperBound]
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
