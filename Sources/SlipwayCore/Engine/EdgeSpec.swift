// SPDX-License-Identifier: Apache-2.0

/// What the edge serves under the application's one address.
public struct EdgeSpec: Codable, Equatable, Sendable {
    /// Addresses to bind; loopback, both families, unless told otherwise.
    public var hosts: [String]
    /// 0 lets the system choose.
    public var port: UInt16
    /// The longest matching prefix wins, whatever the order.
    public var routes: [EdgeRoute]
    /// Bounds that keep one client from hurting the others.
    public var limits: EdgeLimits
    /// When a process of several gets no requests for a while.
    public var health: UpstreamRules
    /// What one client may take; `nil` counts nothing.
    public var clients: ClientRules?
    /// Where answered requests are written down; `nil` writes nothing.
    public var accessLog: AccessLogRules?
    /// `/metrics` for Prometheus on 127.0.0.1; 0 lets the system choose, `nil` opens nothing.
    public var adminPort: UInt16?
    /// Encrypted connections on a port of their own.
    public var tls: EdgeTLS?
    /// Networks (`10.0.0.0/8`, `::1`) of the load balancers in front that begin each connection with a PROXY header.
    public var balancers: [String]

    package init(
        hosts: [String] = ["127.0.0.1", "::1"], port: UInt16, routes: [EdgeRoute], limits: EdgeLimits = EdgeLimits(),
        health: UpstreamRules = UpstreamRules(), clients: ClientRules? = nil, accessLog: AccessLogRules? = nil,
        adminPort: UInt16? = nil, tls: EdgeTLS? = nil, balancers: [String] = []
    ) {
        self.hosts = hosts
        self.port = port
        self.routes = routes
        self.limits = limits
        self.health = health
        self.clients = clients
        self.accessLog = accessLog
        self.adminPort = adminPort
        self.tls = tls
        self.balancers = balancers
    }
}

/// Requests whose path is `prefix` or below it go to one service.
public struct EdgeRoute: Codable, Equatable, Sendable {
    /// Where the requests of a route go.
    public enum Destination: Codable, Equatable, Sendable {
        /// A process on 127.0.0.1.
        case upstream(port: UInt16)
        /// Processes that share the requests by their weights: replicas, or two releases side by side.
        case upstreams([EdgeUpstream])
        /// Files below an absolute folder. `fallback` names the document for navigations (`index.html` in an SPA);
        /// without it an unknown path is 404.
        case files(root: String, fallback: String?)
    }

    /// `/`, or a path that starts with `/` and does not end with one.
    public var prefix: String
    /// Named in error pages and in the access log.
    public var service: String
    /// Where its requests go.
    public var destination: Destination
    /// Whether ``prefix`` is taken off before the request is passed on.
    public var stripsPrefix: Bool
    /// The process behind it, where its name is not the service's: `server@3` of the third release.
    public var process: String?
    /// Folders of earlier releases, newest first, whose files are served when ``Destination/files(root:fallback:)`` has
    /// none of that name: a page opened before a release still finds its scripts.
    public var earlier: [String]
    /// Whether people put files there: they are never kept long by browsers, and a page among them runs no scripts.
    public var holdsUploads: Bool?

    package init(
        prefix: String, service: String, destination: Destination, stripsPrefix: Bool = false, process: String? = nil,
        earlier: [String] = [], holdsUploads: Bool? = nil
    ) {
        self.prefix = prefix
        self.service = service
        self.destination = destination
        self.stripsPrefix = stripsPrefix
        self.process = process
        self.earlier = earlier
        self.holdsUploads = holdsUploads
    }
}

/// One of the processes on 127.0.0.1 that share a route's requests.
public struct EdgeUpstream: Codable, Hashable, Sendable {
    /// Where it listens.
    public var port: UInt16
    /// Its share among the others: 1 beside 19 is a canary with 5 %. 0 gets a request only when no other is left.
    public var weight: Int
    /// As in ``EdgeRoute/process``.
    public var process: String?

    package init(port: UInt16, weight: Int = 1, process: String? = nil) {
        self.port = port
        self.weight = weight
        self.process = process
    }
}

extension EdgeRoute {
    /// Every process that may get requests of this route; empty for files.
    public var upstreams: [EdgeUpstream] {
        switch destination {
        case .upstream(let port): [EdgeUpstream(port: port, process: process)]
        case .upstreams(let upstreams): upstreams
        case .files: []
        }
    }
}

/// Bounds that keep one client from hurting the others.
public struct EdgeLimits: Codable, Equatable, Sendable {
    /// Request line and headers together. 32 KiB is nginx's large_client_header_buffers (4 × 8k).
    public var headerBytes: Int
    /// From the first byte of a request until its headers are complete. 60 s is nginx's client_header_timeout; 10 s
    /// is enough for a person and hurts a slow-loris client.
    public var headerTimeout: Duration
    /// Between two requests on one connection. 75 s is nginx's keepalive_timeout.
    public var idleTimeout: Duration
    /// Without a byte in either direction while a request is under way. 60 s is nginx's proxy_read_timeout.
    public var bodyTimeout: Duration
    /// `nil` for no limit. 100 MB lets the 50 MB uploads of real applications through.
    public var bodyBytes: Int?
    /// A connection to an upstream on this machine. 5 s.
    public var connectTimeout: Duration
    /// Without a byte in either direction on an upgraded connection (WebSocket). One hour.
    public var tunnelIdleTimeout: Duration

    package init(
        headerBytes: Int = 32 << 10, headerTimeout: Duration = .seconds(10), idleTimeout: Duration = .seconds(75),
        bodyTimeout: Duration = .seconds(60), bodyBytes: Int? = 100 << 20, connectTimeout: Duration = .seconds(5),
        tunnelIdleTimeout: Duration = .seconds(3600)
    ) {
        self.headerBytes = headerBytes
        self.headerTimeout = headerTimeout
        self.idleTimeout = idleTimeout
        self.bodyTimeout = bodyTimeout
        self.bodyBytes = bodyBytes
        self.connectTimeout = connectTimeout
        self.tunnelIdleTimeout = tunnelIdleTimeout
    }
}
