// SPDX-License-Identifier: Apache-2.0

/// What the person wants of one start, beyond what the app spec says.
package struct LocalOptions: Equatable, Sendable {
    /// 8080 is what most tools offer for a local HTTP address, and needs no privilege.
    package static let usualPort: UInt16 = 8080

    /// The application's one address; 0 takes any free port.
    package var port: UInt16
    /// `NAME=value` from the command line.
    package var flags: [String: String]
    /// Variables from `slipway.yml`.
    package var configuration: [String: String]
    /// Development mode: `NODE_ENV=development`.
    package var isDevelopment: Bool
    /// For one release command. Migrations of a large development database take minutes.
    package var releaseDeadline: Duration

    package init(
        port: UInt16 = usualPort, flags: [String: String] = [:], configuration: [String: String] = [:],
        isDevelopment: Bool = false, releaseDeadline: Duration = .seconds(900)
    ) {
        self.port = port
        self.flags = flags
        self.configuration = configuration
        self.isDevelopment = isDevelopment
        self.releaseDeadline = releaseDeadline
    }
}
