// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// The times that an image's configuration states, of itself and of each step.
enum ImageTimes {
    /// Sets each `"created"` that is later than a time to that time.
    /// - Parameter latest: Seconds since 1970.
    static func clamped(_ configuration: String, latest: Int) -> String {
        let limit = stamp(latest)
        let key = "\"created\":\""
        var output = ""
        var rest = configuration[...]
        while let found = rest.firstRange(of: key) {
            output += rest[..<found.upperBound]
            rest = rest[found.upperBound...]
            let value = rest.prefix { $0 != "\"" }
            // Written with the same places, a later time is a greater text.
            output += value.hasSuffix("Z") && value.prefix(19) >= limit.prefix(19) ? limit : String(value)
            rest = rest[value.endIndex...]
        }
        return output + rest
    }

    /// `2026-01-31T08:05:09Z`.
    private static func stamp(_ seconds: Int) -> String {
        Timestamp.text(milliseconds: Int64(seconds) * 1000).prefix(19) + "Z"
    }
}
