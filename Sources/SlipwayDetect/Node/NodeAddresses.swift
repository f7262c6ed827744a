// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Connections of JavaScript that name their server themselves: `mongoose.connect("mongodb://mongo/shop")`.
struct NodeAddresses {
    private(set) var found: [WrittenAddress] = []

    /// What connects, and to which kind of server where the address does not say it.
    private static let makers: [String: Set<Resource.Kind>] = [
        "connect": [], "createConnection": [.mysql, .mariadb], "createPool": [.mysql, .mariadb],
        "MongoClient": [.mongodb], "Pool": [.postgres], "Client": [.postgres], "createClient": [.redis, .valkey],
        "Redis": [.redis, .valkey], "IORedis": [.redis, .valkey], "Sequelize": [],
    ]
    private static let marks = ByteSearch(
        ["mongoose", "mongoclient", "createconnection", "createpool", "createclient", "redis", "sequelize", "pool"])
    private static let addressKeys = ["url", "uri", "connectionString"]

    /// - Parameter variables: Every variable that the code reads. One that could hold the address of a kind of server
    ///   decides it; nothing is claimed for that kind.
    init(_ project: NodeProject, _ tree: SourceTree, variables: Set<String>) {
        let open = Set(
            Resource.Kind.allCases.filter { kind in
                variables.contains { name in
                    (ResourceVariables.names[kind] ?? []).contains(name) || ResourcePart(name, of: kind) == .host
                        || ["_URL", "_URI", "_DSN", "_HOST", "CONNECTION_STRING"].contains { name.hasSuffix($0) }
                            && Self.speaks(of: kind, name)
                }
            })
        for path in project.scripts where SourceFilter.isApplication(path) {
            guard let bytes = tree.bytes(path), Self.marks.isFound(in: bytes), !SourceFilter.isMinified(bytes),
                let language = CodeLanguage(file: path.lastPathComponent)
            else { continue }
            let code = Code(path: path, language: language, bytes: bytes)
            found += Self.read(code).filter { $0.kinds.isDisjoint(with: open) }
        }
    }

    private static func speaks(of kind: Resource.Kind, _ name: String) -> Bool {
        let words: [Resource.Kind: [String]] = [
            .postgres: ["PG", "POSTGRES", "DB", "DATABASE"], .mysql: ["MYSQL", "DB", "DATABASE"],
            .mariadb: ["MARIADB", "MYSQL", "DB", "DATABASE"], .mongodb: ["MONGO", "DB", "DATABASE", "ATLAS"],
            .redis: ["REDIS", "CACHE", "QUEUE"], .valkey: ["VALKEY", "REDIS", "CACHE", "QUEUE"],
        ]
        return (words[kind] ?? []).contains { name.contains($0) }
    }

    private static func read(_ code: Code) -> [WrittenAddress] {
        (0..<code.count).compactMap { index in
            guard let word = code.word(index), let kinds = makers[word], code.isMark(index + 1, "("),
                let first = code.arguments(index + 1).first
            else { return nil }
            let isNew = code.isWord(index - 1, "new") || code.isWord(index - 3, "new")
            guard isNew || code.isMember(index) || word.hasPrefix("create") else { return nil }
            return address(in: first, kinds, code)
        }
    }

    private static func address(
        in argument: Range<Int>, _ kinds: Set<Resource.Kind>, _ code: Code
    ) -> WrittenAddress? {
        var place = argument
        var isHost = false
        if code.isMark(argument.lowerBound, "{") {
            let entries = code.arguments(argument.lowerBound)
            if let whole = addressKeys.lazy.compactMap({ code.argument($0, in: entries) }).first {
                place = whole
            } else if let host = code.argument("host", in: entries) {
                (place, isHost) = (host, true)
            } else {
                return nil
            }
        }
        guard place.count == 1, let text = value(place.lowerBound, code), let server = HostText(text), server.isLocal
        else { return nil }
        let meant = server.kind.map { FixedAddresses.family[$0] ?? [$0] } ?? (isHost ? kinds : [])
        guard !meant.isEmpty else { return nil }
        return WrittenAddress(
            kinds: meant, host: server.host, isHost: isHost, file: code.path, line: code.line(place.lowerBound),
            language: .javascript)
    }

    /// A literal, or a constant of the file that is set once, to a literal.
    private static func value(_ index: Int, _ code: Code) -> String? {
        if let text = code.string(index) { return text }
        guard let name = code.word(index) else { return nil }
        let places = (0..<code.count).filter {
            code.isWord($0, name) && !code.isMember($0) && code.isMark($0 + 1, "=") && !code.isMark($0 + 1, "==")
        }
        guard places.count == 1, let place = places.first else { return nil }
        // `"…" + name`, `"…" || other`
        guard !code.isMark(place + 3, "+"), !code.isMark(place + 3, "|"), !code.isMark(place + 3, "?") else {
            return nil
        }
        return code.string(place + 2)
    }
}
