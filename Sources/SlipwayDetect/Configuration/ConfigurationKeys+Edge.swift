// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

extension ConfigurationKeys {
    /// Key of the edge's differences.
    static let edgeName = "edge"

    /// Below `edge`.
    package static let edge: [ConfigurationKey<EdgeSettings>] = [
        .init("hosts", .texts, "Addresses to bind, instead of loopback alone.", example: "[0.0.0.0, \"::\"]") {
            $0.hosts = $1.texts
        },
        .init(
            "certificate", .text, "Certificate and those above it, PEM; read anew when the file changes.",
            example: "tls/fullchain.pem"
        ) {
            $0.certificate = $1.text
        },
        .init("certificateKey", .text, "Its private key, PEM.", example: "tls/privkey.pem") {
            $0.certificateKey = $1.text
        },
        .init(
            "acmeDomains", .texts,
            "Names that the edge gets a certificate for by itself; you agree to the authority's terms.",
            example: "[app.example.org]"
        ) {
            $0.acmeDomains = $1.texts
        },
        .init("acmeEmail", .text, "Where the authority writes when something is wrong.", example: "ops@example.org") {
            $0.acmeEmail = $1.text
        },
        .init(
            "acmeDirectory", .text, "Another authority than Let's Encrypt.",
            example: "https://ca.internal/acme/directory"
        ) {
            $0.acmeDirectory = $1.text
        },
        .init("acmeAuthority", .text, "Who vouches for the authority's own server, PEM.", example: "tls/root.pem") {
            $0.acmeAuthority = $1.text
        },
        .init("securePort", .port, "Port for HTTPS; 443.", example: "8443") {
            $0.securePort = $1.int.flatMap { UInt16(exactly: $0) }
        },
        .init("redirect", .boolean, "Whether plain requests are sent to HTTPS; true.", example: "false") {
            $0.redirect = $1.bool
        },
        .init("strictTransportSeconds", .count, "How long browsers are to use HTTPS alone.", example: "31536000") {
            $0.strictTransportSeconds = $1.int
        },
        .init("balancers", .texts, "Networks of load balancers that send a PROXY header.", example: "[10.0.0.0/8]") {
            $0.balancers = $1.texts
        },
        .init(
            "accessLog", .text, "File of JSON lines, one a request; renamed at 10 MB.",
            example: ".slipway/logs/access.log"
        ) {
            $0.accessLog = $1.text
        },
        .init(
            "accessLogQuery", .choice(AccessLogRules.Query.allCases.map(\.rawValue)),
            "What the access log shows of query strings.", example: "dropped"
        ) { $0.accessLogQuery = $1.text.flatMap(AccessLogRules.Query.init) },
        .init("metricsPort", .port, "Port of /metrics for Prometheus, on 127.0.0.1.", example: "9180") {
            $0.metricsPort = $1.int.flatMap { UInt16(exactly: $0) }
        },
        .init("requestsPerSecond", .count, "Of one client on average; more are answered 429.", example: "20") {
            $0.requestsPerSecond = $1.int
        },
        .init("requestBurst", .count, "Of one client at once, before the average counts.", example: "60") {
            $0.requestBurst = $1.int
        },
        .init("connectionsPerClient", .count, "Open at a time; further ones are answered 429.", example: "50") {
            $0.connectionsPerClient = $1.int
        },
        .init("bodyMegabytes", .count, "Largest request body; 100.", example: "500") { $0.bodyMegabytes = $1.int },
        .init("requestsPerProcess", .count, "At a time; more are answered 503 at once.", example: "200") {
            $0.requestsPerProcess = $1.int
        },
        .init("slowStartSeconds", .count, "Over which a replica that joins gets its full share.", example: "30") {
            $0.slowStartSeconds = $1.int
        },
    ]
}
