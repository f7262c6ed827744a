// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The address of a server as it stands in a file, where nothing but the file decides it.
struct WrittenAddress: Equatable {
    /// Who reads the file, so that the remedy is in its words.
    enum Language { case python, javascript, settings }

    var kinds: Set<Resource.Kind>
    var host: String
    /// Whether only the host stands there, and the other parts elsewhere.
    var isHost: Bool
    var file: String
    var line: Int
    var language: Language

    /// What to write there, so that the server that Slipway starts is found.
    func remedy(for resource: Resource) -> String {
        let variable = resource.variable ?? ResourceVariables.names[resource.kind]?.first ?? "DATABASE_URL"
        guard language != .settings else {
            return "let the code that reads this file take \(variable) from the environment"
        }
        guard isHost else { return "write in its place: " + read(variable) }
        let prefixes: [Resource.Kind: String] = [
            .redis: "REDIS", .valkey: "VALKEY", .mongodb: "MONGO", .rabbitmq: "RABBITMQ",
        ]
        let prefix = prefixes[resource.kind] ?? "DB"
        let hasAccount = PythonConnections.sql.contains(resource.kind)
        let others = ["PORT"] + (hasAccount ? ["USER", "PASSWORD", "NAME"] : [])
        let names = others.map { "\(prefix)_\($0)" }.joined(separator: ", ")
        return "write in its place: \(read(prefix + "_HOST")), and \(names) likewise"
    }

    private func read(_ name: String) -> String {
        language == .python ? "os.environ[\"\(name)\"]" : "process.env.\(name)"
    }
}
