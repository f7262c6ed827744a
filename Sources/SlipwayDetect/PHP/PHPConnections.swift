// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The database that PHP code connects to without a framework: PDO's data source names, mysqli, pg_connect
/// (php.net/manual/en/pdo.drivers.php).
enum PHPConnections {
    private static let marks: [(text: String, kind: Resource.Kind)] = [
        ("pgsql:", .postgres), ("pg_connect(", .postgres), ("mysql:host", .mysql), ("mysql:dbname", .mysql),
        ("mysql:unix_socket", .mysql), ("mysqli_connect(", .mysql), ("new mysqli(", .mysql), ("sqlite:", .sqlite),
        ("new SQLite3(", .sqlite),
    ]
    private static let search = ByteSearch(marks.map { $0.text.lowercased() })

    /// The first of the table that some file outside of tests and foreign code has.
    static func first(in tree: SourceTree, _ directory: String) -> Resource.Kind? {
        var found: Set<Int> = []
        for entry in tree.ownFiles(of: directory, without: [], asideToo: false)
        where entry.path.utf8.suffix(4).elementsEqual(".php".utf8) {
            guard let bytes = tree.bytes(entry.path), bytes.count <= SourceFilter.largestInBytes,
                search.isFound(in: bytes), let text = tree.text(entry.path)
            else { continue }
            for index in marks.indices where text.contains(marks[index].text) { found.insert(index) }
        }
        return found.min().map { marks[$0].kind }
    }
}
