// SPDX-License-Identifier: Apache-2.0

/// Names that Go's libraries make of fields.
package enum GoFieldName {
    /// `JWTSecret` and `DatabaseURL` as JWT_SECRET and DATABASE_URL, the way of envconfig's `split_words`
    /// (github.com/kelseyhightower/envconfig, gatherRegexp and acronymRegexp).
    package static func screaming(_ field: some StringProtocol) -> String {
        let letters = Array(field)
        var name = ""
        for (index, letter) in letters.enumerated() {
            let startsAfterWord = index > 0 && !letters[index - 1].isUppercase
            let endsAcronym = index > 0 && index + 1 < letters.count && !letters[index + 1].isUppercase
            if letter.isUppercase, startsAfterWord || endsAcronym { name.append("_") }
            name.append(contentsOf: letter.uppercased())
        }
        return name
    }
}
