// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Where a resource that Slipway runs is reached, in every spelling that code asks for.
package struct ResourceAddress: Equatable, Sendable {
    package let kind: Resource.Kind
    package let port: UInt16
    package let user: String
    package let password: Secret?
    package let database: String

    package init(_ kind: Resource.Kind, port: UInt16, user: String = "", password: Secret? = nil, database: String = "")
    {
        self.kind = kind
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }

    /// `postgresql://user:password@127.0.0.1:5432/database`; contains the password.
    package var url: String { server.text(as: .url(scheme: isPostgres ? "postgresql" : "redis")) }

    /// The name most code reads the address from.
    package var usualVariable: String { isPostgres ? "DATABASE_URL" : "REDIS_URL" }

    /// The value for a variable, or `nil` when the variable is about something else.
    /// - Parameters:
    ///   - example: An address as the code reads it; its scheme is kept, because it names the driver.
    ///   - language: Of the service that reads it.
    ///   - isResourceVariable: Whether detection says that this variable holds the address.
    ///   - part: What the code takes the variable for, where that says more than its name.
    ///   - furtherDatabase: Another database on the same server that it is the address of.
    package func value(
        of name: String, like example: String?, language: String?, isResourceVariable: Bool,
        part: ResourcePart? = nil, furtherDatabase: String? = nil
    ) -> String? {
        if let furtherDatabase {
            return isPostgres
                ? server(database: "\(database)_\(furtherDatabase)").text(as: .url(scheme: "postgresql")) : nil
        }
        if isResourceVariable || part == nil && AddressName.isUsual(name, for: kind) {
            return server.text(as: AddressForm(kind, like: example, language: language), like: example)
        }
        switch part ?? ResourcePart(name.uppercased(), of: kind) {
        case .host: return "127.0.0.1"
        case .port: return "\(port)"
        case .user: return user
        case .password: return password?.reveal()
        case .database: return database
        case .engine: return ResourcePart.engine(of: kind)
        case .driver, .adapter, nil: return nil
        }
    }

    private var server: ServerAddress { server(database: database) }

    private func server(database: String) -> ServerAddress {
        // Generated passwords are hexadecimal and names are plain, so nothing needs percent-encoding.
        ServerAddress(
            kind, host: "127.0.0.1", port: "\(port)", user: user, password: password?.reveal() ?? "",
            database: database)
    }

    private var isPostgres: Bool { kind == .postgres }
}
