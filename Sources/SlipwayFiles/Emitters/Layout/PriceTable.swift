// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What platforms ask, with where and when it was read; a document that names a price names its source.
enum PriceTable {
    static let flySource = "fly.io/docs/about/pricing, read in 2025, region ord, US dollars"
    /// shared-cpu-1x with 256 MB and with 512 MB, a machine and a month of 730 hours.
    private static let smallMachine = 2.02
    private static let machine = 3.32

    static func flyMonthly(_ services: [Service]) -> String {
        money(services.reduce(0) { $0 + ($1.role.isServedFromFiles ? smallMachine : machine) })
    }

    /// Dollars with two digits.
    static func money(_ amount: Double) -> String {
        let cents = Int((amount * 100).rounded())
        let rest = cents % 100
        return "$\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
