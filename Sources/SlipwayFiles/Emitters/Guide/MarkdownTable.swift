// SPDX-License-Identifier: Apache-2.0

/// A table whose cells may hold anything.
struct MarkdownTable {
    let columns: [String]
    var rows: [[String]] = []

    var text: String {
        ([columns, columns.map { _ in "---" }] + rows).map { row in
            "| " + row.map(Self.cell).joined(separator: " | ") + " |\n"
        }.joined()
    }

    private static func cell(_ text: String) -> String {
        text.swapping("|", with: "\\|").swapping("\n", with: " ")
    }

    /// In backticks, however many the text holds itself; a dash for nothing.
    static func code(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "–" }
        return text.contains("`") ? "`` \(text) ``" : "`\(text)`"
    }
}
