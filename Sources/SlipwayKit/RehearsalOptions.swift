// SPDX-License-Identifier: Apache-2.0

/// What the person wants of one `slipway rehearse`.
public struct RehearsalOptions: Sendable {
    /// Requests a second.
    public var rate: Int
    /// The least time under load.
    public var duration: Duration
    /// Asked for in turn; found by itself when empty.
    public var paths: [String]
    /// Where WebSockets connect; `nil` opens none.
    public var webSocketPath: String?
    /// Where event streams connect; `nil` opens none.
    public var eventPath: String?
    /// Where slow uploads go; `nil` sends none.
    public var uploadPath: String?
    /// The application's one address, when nothing runs yet; 0 takes any free port.
    public var port: UInt16

    /// The defaults are those of the command line.
    public init(
        rate: Int = 500, duration: Duration = .seconds(30), paths: [String] = [], webSocketPath: String? = nil,
        eventPath: String? = nil, uploadPath: String? = nil, port: UInt16 = 0
    ) {
        self.rate = rate
        self.duration = duration
        self.paths = paths
        self.webSocketPath = webSocketPath
        self.eventPath = eventPath
        self.uploadPath = uploadPath
        self.port = port
    }
}
