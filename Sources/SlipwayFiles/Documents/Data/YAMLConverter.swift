// SPDX-License-Identifier: Apache-2.0

import Yams

/// Turns the library's nodes into ours; a budget bounds what aliases can blow up.
struct YAMLConverter {
    enum Failure: Error {
        case tooDeep, tooLarge, aliasAsKey

        var message: String {
            switch self {
            case .tooDeep: "nested deeper than \(DataLimits.deepestNesting)"
            case .tooLarge: "aliases expand to more than \(DataLimits.nodesFromAliases) nodes"
            case .aliasAsKey: "an alias or a collection as a key next to anchors"
            }
        }
    }

    private var budget: Int
    private var depth = 0

    init(budget: Int) { self.budget = budget }

    mutating func convert(_ node: Node) throws -> DataNode {
        budget -= 1
        guard budget >= 0 else { throw Failure.tooLarge }
        depth += 1
        defer { depth -= 1 }
        guard depth <= DataLimits.deepestNesting else { throw Failure.tooDeep }
        let mark = node.mark
        let position = SourcePosition(line: mark?.line ?? 1, column: mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            return DataNode(YAMLScalar.value(of: scalar), source: scalar.string, at: position)
        case .sequence(let items):
            var converted: [DataNode] = []
            for item in items { converted.append(try convert(item)) }
            return DataNode(.sequence(converted), at: position)
        case .mapping(let mapping):
            return DataNode(.mapping(try convert(mapping)), at: position)
        case .alias:
            return DataNode(.null, at: position)
        }
    }

    private mutating func convert(_ mapping: Node.Mapping) throws -> DataMapping {
        var result = DataMapping()
        var merged: [DataMapping] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let converted = try convert(value)
            guard name != "<<" || key.scalar?.style != .plain else {
                merged += ([converted] + (converted.sequence ?? [])).compactMap(\.mapping)
                continue
            }
            let mark = key.mark
            result.set(
                .init(
                    key: name, position: SourcePosition(line: mark?.line ?? 1, column: mark?.column ?? 1),
                    value: converted))
        }
        for entry in merged.flatMap(\.entries) where !result.contains(entry.key) { result.set(entry) }
        return result
    }
}
