// SPDX-License-Identifier: Apache-2.0

/// A table while it is being filled; a class because headers return to tables that were opened before.
final class TOMLTable {
    /// Who may still add keys to a table.
    enum State {
        /// Made on the way to a deeper header; its own header may follow.
        case implicit
        /// Made by a dotted key; only dotted keys add to it.
        case dotted
        /// Has had its header.
        case defined
        /// Written in braces; nothing adds to it.
        case inline
    }
    enum Item {
        case value(DataNode)
        case table(TOMLTable)
        case tables(Elements)
    }

    /// The elements of an array of tables.
    final class Elements {
        var tables: [TOMLTable]
        init(_ first: TOMLTable) { tables = [first] }
    }

    var state: State
    let position: SourcePosition
    private var order: [(key: String, position: SourcePosition)] = []
    private var items: [String: Item] = [:]

    init(_ state: State, at position: SourcePosition) {
        self.state = state
        self.position = position
    }

    subscript(key: String) -> Item? { items[key] }

    func set(_ key: String, at position: SourcePosition, to item: Item) {
        if items.updateValue(item, forKey: key) == nil { order.append((key, position)) }
    }

    func node() -> DataNode {
        var mapping = DataMapping()
        for (key, place) in order {
            guard let item = items[key] else { continue }
            let value =
                switch item {
                case .value(let node): node
                case .table(let table): table.node()
                case .tables(let elements): DataNode(.sequence(elements.tables.map { $0.node() }), at: place)
                }
            mapping.set(.init(key: key, position: place, value: value))
        }
        return DataNode(.mapping(mapping), at: position)
    }
}
