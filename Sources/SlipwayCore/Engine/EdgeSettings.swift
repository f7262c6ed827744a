// SPDX-License-Identifier: Apache-2.0

/// What a person wants different about the edge: `edge` of `slipway.yml`. Nothing stated changes nothing.
public struct EdgeSettings: Codable, Equatable, Sendable {
    /// Addresses to bind.
    public var hosts: [String]?
    /// Certificate chain, PEM; seen from the repository's root.
    public var certificate: String?
    /// Its private key, PEM.
    public var certificateKey: String?
    /// Names that the edge gets a certificate for by itself.
    public var acmeDomains: [String]?
    /// Told to the certificate authority.
    public var acmeEmail: String?
    /// Address of the authority's directory; Let's Encrypt's.
    public var acmeDirectory: String?
    /// PEM file of those who vouch for the authority's own server; seen from the repository's root.
    public var acmeAuthority: String?
    /// Port for encrypted connections; 443.
    public var securePort: UInt16?
    /// Whether plain requests are sent to the encrypted port.
    public var redirect: Bool?
    /// Of Strict-Transport-Security.
    public var strictTransportSeconds: Int?
    /// Networks whose connections begin with a PROXY header.
    public var balancers: [String]?
    /// File of JSON lines; seen from the repository's root.
    public var accessLog: String?
    /// What the access log shows of query strings.
    public var accessLogQuery: AccessLogRules.Query?
    /// Of `/metrics`, on 127.0.0.1.
    public var metricsPort: UInt16?
    /// Of one client, on average.
    public var requestsPerSecond: Int?
    /// Of one client at once.
    public var requestBurst: Int?
    /// Of one client at a time.
    public var connectionsPerClient: Int?
    /// Largest request body.
    public var bodyMegabytes: Int?
    /// At a time to one process.
    public var requestsPerProcess: Int?
    /// Over which a process that joins others gets its full share.
    public var slowStartSeconds: Int?

    package init() {}

    /// The edge with these differences.
    /// - Parameter directory: What relative paths begin at.
    package func applied(to edge: EdgeSpec, directory: String) -> EdgeSpec {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }
        var edge = edge
        edge.hosts = hosts ?? edge.hosts
        if let certificate, let certificateKey {
            edge.tls = EdgeTLS(
                port: securePort ?? 443,
                certificates: [.init(chain: absolute(certificate), key: absolute(certificateKey))],
                redirects: redirect ?? true, strictTransportSeconds: strictTransportSeconds)
        }
        if let acmeDomains, !acmeDomains.isEmpty, certificate == nil {
            let acme = EdgeACME(
                domains: acmeDomains.map { $0.lowercased() }, email: acmeEmail,
                directory: acmeDirectory ?? EdgeACME.usualDirectory, authority: acmeAuthority.map(absolute),
                folder: directory + "/.slipway/acme")
            edge.tls = EdgeTLS(
                port: securePort ?? 443, certificates: [.init(chain: acme.certificate, key: acme.certificate)],
                redirects: redirect ?? true, strictTransportSeconds: strictTransportSeconds, acme: acme)
        }
        edge.balancers = balancers ?? edge.balancers
        if let accessLog {
            edge.accessLog = AccessLogRules(path: absolute(accessLog), query: accessLogQuery ?? .names)
        }
        edge.adminPort = metricsPort ?? edge.adminPort
        if connectionsPerClient != nil || requestsPerSecond != nil {
            edge.clients = ClientRules(
                connections: connectionsPerClient, requestsPerSecond: requestsPerSecond.map(Double.init),
                burst: requestBurst)
        }
        if let bodyMegabytes { edge.limits.bodyBytes = bodyMegabytes << 20 }
        edge.health.concurrency = requestsPerProcess ?? edge.health.concurrency
        edge.health.slowStart = slowStartSeconds.map { .seconds($0) } ?? edge.health.slowStart
        return edge
    }
}
