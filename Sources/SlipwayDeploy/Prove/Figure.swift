// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
enum Figure {
    /// Decimal megabytes, as registries and the limits count.
    static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count) B"
        case ..<1_000_000: "\(tenths(count, 1000)) kB"
        case ..<1_000_000_000: "\(tenths(count, 1_000_000)) MB"
        default: "\(tenths(count, 1_000_000_000)) GB"
        }
    }

    static func seconds(_ duration: Duration) -> String { seconds(duration.seconds) }
    static func seconds(_ seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        guard hundredths < 1000 else { return "\(tenths(hundredths, 100)) s" }
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }

    static func percent(_ share: Double) -> String { "\(tenths(Int((share * 1000).rounded()), 10)) %" }

    private static func tenths(_ count: Int, _ unit: Int) -> String {
        let tenths = (count * 10 + unit / 2) / unit
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
