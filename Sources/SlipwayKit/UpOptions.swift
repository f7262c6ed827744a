// SPDX-License-Identifier: Apache-2.0

/// What the person wants of one `slipway up`.
public struct UpOptions: Sendable {
    /// The application's one address; 0 takes any free port.
    public var port: UInt16
    /// Restarts or rebuilds what changed.
    public var isDevelopment: Bool
    /// Leaves the application running when the command ends.
    public var isDetached: Bool
    /// `NAME=value`, stronger than every other source.
    public var variables: [String: String]

    /// The defaults are those of the command line.
    public init(
        port: UInt16 = 8080, isDevelopment: Bool = false, isDetached: Bool = false, variables: [String: String] = [:]
    ) {
        self.port = port
        self.isDevelopment = isDevelopment
        self.isDetached = isDetached
        self.variables = variables
    }
}
