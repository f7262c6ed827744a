// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// JSON as people write it in configuration files, with comments and trailing commas.
enum JSONText {
    static func root(of text: String) -> DataNode? { JSONDocument(parsing: text, dialect: .tolerant).root }
}
