// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Go's older driver of PostgreSQL must be told of a server without certificates: it asks for encryption where
/// nothing else is said (pkg.go.dev/github.com/lib/pq, sslmode), and golang-migrate has it inside.
struct GoDatabaseAddresses {
    private static let askers = ["github.com/lib/pq", "github.com/golang-migrate/migrate"]

    private let tree: SourceTree

    init(_ tree: SourceTree) { self.tree = tree }

    /// Notes at the variables with such an address what stands behind its `?`.
    func note(in spec: inout AppSpec) {
        let named = Set(spec.resources.filter { $0.kind == .postgres }.compactMap(\.variable))
        let services = Set(spec.services.filter { $0.language == "go" && asks(in: $0.directory) }.map(\.name))
        for index in spec.variables.indices where !services.isDisjoint(with: spec.variables[index].services) {
            let variable = spec.variables[index]
            let isAddress =
                named.contains(variable.name) || AddressName.isUsual(variable.name, for: .postgres)
                || variable.scheme?.hasPrefix("postgres") == true
            guard isAddress, variable.query?.contains("sslmode=") != true else { continue }
            spec.variables[index].query = [variable.query, "sslmode=disable"].compactMap(\.self).joined(separator: "&")
        }
    }

    private func asks(in directory: String) -> Bool {
        PathText.ancestors(of: directory).contains { folder in
            guard let text = tree.text(folder.appending(path: "go.mod")) else { return false }
            return Self.askers.contains(where: text.contains)
        }
    }
}
