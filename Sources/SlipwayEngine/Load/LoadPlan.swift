// SPDX-License-Identifier: Apache-2.0

/// What clients do to an application while it is rehearsed.
public struct LoadPlan: Codable, Equatable, Sendable {
    /// On 127.0.0.1.
    public var port: UInt16
    /// Asked for in turn, with GET.
    public var paths: [String]
    /// Requests a second, sent whether earlier ones were answered or not: an open loop, like people.
    public var rate: Int
    /// Every second request takes a connection that carried one before; the others open one.
    public var keepsAlive: Bool
    /// WebSockets that stay open and come back when they are closed.
    public var webSockets: Int
    /// Where they connect.
    public var webSocketPath: String
    /// Event streams that stay open and come back when they end.
    public var eventStreams: Int
    /// Where they connect.
    public var eventPath: String
    /// Uploads under way at any time.
    public var uploads: Int
    /// Where they go, with POST.
    public var uploadPath: String
    /// How long one upload takes.
    public var uploadTime: Duration
    /// In bytes.
    public var uploadSize: Int
    /// Slower answers count as late.
    public var lateAfter: Duration
    /// A request without an answer is lost after this.
    public var timeout: Duration

    package init(
        port: UInt16, paths: [String], rate: Int = 500, keepsAlive: Bool = true, webSockets: Int = 0,
        webSocketPath: String = "/", eventStreams: Int = 0, eventPath: String = "/", uploads: Int = 0,
        uploadPath: String = "/", uploadTime: Duration = .seconds(10), uploadSize: Int = 1 << 20,
        lateAfter: Duration = .seconds(1), timeout: Duration = .seconds(30)
    ) {
        self.port = port
        self.paths = paths
        self.rate = rate
        self.keepsAlive = keepsAlive
        self.webSockets = webSockets
        self.webSocketPath = webSocketPath
        self.eventStreams = eventStreams
        self.eventPath = eventPath
        self.uploads = uploads
        self.uploadPath = uploadPath
        self.uploadTime = uploadTime
        self.uploadSize = uploadSize
        self.lateAfter = lateAfter
        self.timeout = timeout
    }
}
