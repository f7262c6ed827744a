// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

extension FileValue {
    /// A value that was read, to be changed and printed again.
    init(_ node: DataNode) {
        if let mapping = node.mapping {
            self = .map(FileMap(mapping.entries.map { .init($0.key, FileValue($0.value)) }))
        } else if let items = node.sequence {
            self = .list(items.map(FileValue.init))
        } else if let text = node.string {
            self = .string(text)
        } else if let number = node.int {
            self = .integer(number)
        } else if let number = node.double {
            self = .number(number)
        } else if let flag = node.bool {
            self = .boolean(flag)
        } else {
            self = .null
        }
    }

    var map: FileMap? { if case .map(let map) = self { map } else { nil } }
}

extension FileMap {
    /// The entries without one key.
    func without(_ key: String) -> FileMap { FileMap(entries.filter { $0.key != key }) }

    /// Gives a nested mapping more entries.
    mutating func merge(_ key: String, _ more: FileMap) {
        var nested = self[key]?.map ?? FileMap()
        for entry in more.entries { nested.set(entry.key, entry.value) }
        set(key, .map(nested))
    }
}
