// SPDX-License-Identifier: Apache-2.0

/// A version of a language runtime: numbers from major to patch; what is not said is not compared.
package struct RuntimeVersion: Equatable, Comparable, Sendable, CustomStringConvertible {
    package let numbers: [Int]

    /// Reads the leading numbers of `3.11.7`, `3.13.0rc1`, `v20`; `nil` without any.
    package init?(_ text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.drop(while: { !$0.isNumber }).split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = Int(part.prefix { $0.isASCII && $0.isNumber }) else { break }
            numbers.append(number)
            if part.contains(where: { !$0.isNumber }) { break }
        }
        guard !numbers.isEmpty else { return nil }
        self.numbers = numbers
    }

    /// Whether this full version is one of what a narrower or wider wish names: `3.11.7` is a `3.11` and a `3`.
    package func isA(_ wish: RuntimeVersion) -> Bool { numbers.starts(with: wish.numbers) }

    package static func < (left: Self, right: Self) -> Bool {
        for index in 0..<max(left.numbers.count, right.numbers.count) {
            let (first, second) = (left.number(index), right.number(index))
            if first != second { return first < second }
        }
        return false
    }

    package static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }

    package var description: String { numbers.map(String.init).joined(separator: ".") }

    func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
}
