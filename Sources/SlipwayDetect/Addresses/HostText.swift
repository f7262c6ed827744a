// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The server that an address names, in one of the spellings that drivers take.
struct HostText: Equatable {
    var host: String
    /// By the scheme; `nil` for a bare host.
    var kind: Resource.Kind?

    private static let schemes: [(text: String, kind: Resource.Kind)] = [
        ("postgres", .postgres), ("mysql", .mysql), ("mariadb", .mariadb), ("mongodb", .mongodb), ("redis", .redis),
        ("valkey", .valkey), ("amqp", .rabbitmq), ("pyamqp", .rabbitmq), ("memcached", .memcached),
    ]

    /// `postgresql+asyncpg://user@db/name`, `host=db dbname=name`, `db`; `nil` when no host can be read.
    init?(_ text: String) {
        if let server = AddressForm.server(of: text) {
            let scheme = text.lowercased()
            guard let row = Self.schemes.first(where: { scheme.hasPrefix($0.text) }) else { return nil }
            self.init(String(server.prefix { $0 != ":" && $0 != "," }), row.kind)
        } else if text.contains("=") {
            let words = text.split(separator: " ").first { $0.hasPrefix("host=") }
            guard let words else { return nil }
            self.init(String(words.dropFirst("host=".count)), nil)
        } else {
            self.init(String(text.prefix { $0 != ":" }), nil)
        }
    }

    private init?(_ host: String, _ kind: Resource.Kind?) {
        let isName = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isName, host.contains(where: \.isLetter) || Self.own.contains(host) else { return nil }
        self.host = host
        self.kind = kind
    }

    private static let own: Set<String> = ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"]

    /// Whether the name means something on one machine or in one Compose project only. A name with dots is somebody's
    /// server, which is reached from anywhere.
    var isLocal: Bool { Self.own.contains(host) || !host.contains(".") }
}
