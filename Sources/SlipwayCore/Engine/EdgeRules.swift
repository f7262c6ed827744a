// SPDX-License-Identifier: Apache-2.0

/// When the edge leaves a process alone for a while.
public struct UpstreamRules: Codable, Equatable, Sendable {
    /// Failures in a row: no connection, an end without an answer, an answer that is no HTTP, none in time. 5 is
    /// Envoy's consecutive_gateway_failure.
    public var failures: Int
    /// Answers 5xx in a row that count as much; `nil` leaves the application's own errors alone.
    public var serverErrors: Int?
    /// The first pause; each further one is twice as long. 1 s, because a process here is restarted in seconds.
    public var pause: Duration
    /// No pause is longer. 30 s is Envoy's base_ejection_time.
    public var longestPause: Duration
    /// Requests at a time to one process; more are answered 503 at once. `nil` for no limit.
    public var concurrency: Int?
    /// Over which a process that joins or comes back gets its full share; `nil` gives it at once.
    public var slowStart: Duration?

    package init(
        failures: Int = 5, serverErrors: Int? = nil, pause: Duration = .seconds(1),
        longestPause: Duration = .seconds(30), concurrency: Int? = nil, slowStart: Duration? = nil
    ) {
        self.failures = failures
        self.serverErrors = serverErrors
        self.pause = pause
        self.longestPause = longestPause
        self.concurrency = concurrency
        self.slowStart = slowStart
    }
}

/// What one client, told by its address, may take.
public struct ClientRules: Codable, Equatable, Sendable {
    /// Open at a time; requests on further ones are answered 429. An IPv6 client is its /64 network.
    public var connections: Int?
    /// On average; more are answered 429 with the time to wait.
    public var requestsPerSecond: Double?
    /// Requests at once before the average counts; `nil` for the requests of one second, at least one.
    public var burst: Int?

    package init(connections: Int? = nil, requestsPerSecond: Double? = nil, burst: Int? = nil) {
        self.connections = connections
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }
}

/// How answered requests are written down: one JSON object a line.
public struct AccessLogRules: Codable, Equatable, Sendable {
    /// What of a query string is written: tokens and addresses of people travel in it.
    public enum Query: String, Codable, CaseIterable, Sendable {
        case kept
        /// Names without their values.
        case names
        case dropped
    }

    /// Absolute.
    public var path: String
    /// What is written of query strings.
    public var query: Query
    /// The file is renamed when it would grow beyond. 10 MB, as the logs of processes.
    public var rotationSize: Int
    /// Renamed files that are kept.
    public var olderFiles: Int

    package init(path: String, query: Query = .names, rotationSize: Int = 10 << 20, olderFiles: Int = 5) {
        self.path = path
        self.query = query
        self.rotationSize = rotationSize
        self.olderFiles = olderFiles
    }
}

/// Encrypted connections.
public struct EdgeTLS: Codable, Equatable, Sendable {
    /// One certificate with its key, both PEM files that may be exchanged while the edge runs.
    public struct Certificate: Codable, Hashable, Sendable {
        /// The server's certificate, then those between it and the root.
        public var chain: String
        /// Its private key.
        public var key: String

        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// Beside the plain port, on the same addresses.
    public var port: UInt16
    /// The client's name for the server chooses among them; the first is for all others.
    public var certificates: [Certificate]
    /// Plain requests are answered 308 with the encrypted address.
    public var redirects: Bool
    /// Of Strict-Transport-Security; `nil` sends no such header.
    public var strictTransportSeconds: Int?
    /// Where the edge gets its certificate from by itself; ``certificates`` holds its file then.
    public var acme: EdgeACME?

    package init(
        port: UInt16, certificates: [Certificate], redirects: Bool = true, strictTransportSeconds: Int? = nil,
        acme: EdgeACME? = nil
    ) {
        self.port = port
        self.certificates = certificates
        self.redirects = redirects
        self.strictTransportSeconds = strictTransportSeconds
        self.acme = acme
    }
}

/// A certificate authority that asks over HTTP whether the names lead here (RFC 8555).
public struct EdgeACME: Codable, Equatable, Sendable {
    /// Let's Encrypt (https://letsencrypt.org/docs/acme-protocol-updates/).
    public static let usualDirectory = "https://acme-v02.api.letsencrypt.org/directory"
    package static let certificateName = "certificate.pem"

    /// The certificate's names, in lower case.
    public var domains: [String]
    /// Told to the authority, which may write when something is wrong.
    public var email: String?
    /// Address of the authority's directory.
    public var directory: String
    /// PEM file of those who vouch for the authority's own server; `nil` for the system's.
    public var authority: String?
    /// Absolute; holds the account's key and the certificate.
    public var folder: String

    package init(
        domains: [String], email: String? = nil, directory: String = Self.usualDirectory, authority: String? = nil,
        folder: String
    ) {
        self.domains = domains
        self.email = email
        self.directory = directory
        self.authority = authority
        self.folder = folder
    }

    /// Key and chain in one file.
    public var certificate: String { "\(folder)/\(Self.certificateName)" }
}
