// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Looks for a name that is no part of a longer one.
enum WholeWord {
    static func stands(_ word: [UInt8], in bytes: [UInt8]) -> Bool {
        guard !word.isEmpty else { return false }
        var rest = bytes[...]
        while let offset = ByteSearch.offset(of: word, in: rest) {
            let start = rest.startIndex + offset
            let end = start + word.count
            let before = start > bytes.startIndex ? bytes[start - 1] : 0
            let after = end < bytes.endIndex ? bytes[end] : 0
            if !before.isNameByte, !after.isNameByte { return true }
            rest = bytes[end...]
        }
        return false
    }
}
