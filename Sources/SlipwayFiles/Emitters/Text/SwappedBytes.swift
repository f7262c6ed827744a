// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with another in the place of one ASCII character. Most texts do not have it, and looking costs a
    /// hundredth of a search for a string.
    func swapping(_ character: Unicode.Scalar, with text: String) -> String {
        let byte = UInt8(ascii: character)
        guard utf8.contains(byte) else { return self }
        return utf8.split(separator: byte, omittingEmptySubsequences: false).map { String(Substring($0)) }
            .joined(separator: text)
    }
}
