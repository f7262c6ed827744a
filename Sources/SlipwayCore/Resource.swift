// SPDX-License-Identifier: Apache-2.0

/// Something a service needs that is not built from the repository: a database, a cache, a queue, a store.
public struct Resource: Codable, Equatable, Sendable {
    /// What kind it is; the raw value is what the JSON says.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case postgres, mysql, mariadb, sqlite, mongodb, redis, valkey, rabbitmq, s3, elasticsearch, memcached,
            meilisearch
        /// A hosted service that nobody but its owner starts (Supabase, Firebase, an AI provider).
        case external
    }

    /// Unique among services and resources.
    public var name: String
    /// What kind it is, where known.
    public var kind: Kind
    /// Major version where the repository states one.
    public var version: String?
    /// The variable through which services learn the address, `DATABASE_URL` most often.
    public var variable: String?
    /// The container image that brings what the application needs beside the server itself: extensions of PostgreSQL.
    /// Nothing that the JSON says.
    package var image: String?
    /// Where the code names the server itself, so that no variable moves it. Nothing that the JSON says.
    package var fixedAddress: FixedAddress?

    package init(name: String, kind: Kind, version: String? = nil, variable: String? = nil) {
        self.name = name
        self.kind = kind
        self.version = version
        self.variable = variable
    }

    private enum CodingKeys: String, CodingKey { case name, kind, version, variable }

    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(version, forKey: .version)
        try container.encode(variable, forKey: .variable)
    }
}
