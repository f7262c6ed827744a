// SPDX-License-Identifier: Apache-2.0

/// One entry of the environment contract: a variable that the code reads.
public struct Variable: Equatable, Sendable {
    /// When the value must be there.
    public enum Phase: String, Codable, Sendable {
        /// Baked into what the build leaves; changing it means building again.
        case build
        /// Read by the running process.
        case run
        case both
    }
    /// What kind it is; the raw value is what the JSON says.
    public enum Kind: String, Codable, Sendable { case string, integer, number, boolean, url, list, json, duration }

    /// Unique among its siblings.
    public var name: String
    /// Names of the services that read it, sorted.
    public var services: [String]
    /// When the value must be there.
    public var phase: Phase
    /// Whether the process does not start, or plainly does not do its work, without it, and the code has neither a
    /// default nor a question for it; `docs/detecting.md` says what counts.
    public var required: Bool
    /// Whether the value must never be shown.
    public var secret: Bool
    /// The code's own default as the environment would spell it; never a secret's value.
    public var `default`: String?
    /// What the value begins with where it is an address, before `://`: it names the driver (`postgresql+asyncpg`).
    /// Known of secrets too, whose default is not. Nothing that the JSON says.
    package var scheme: String?
    /// What such an address says behind its database, after `?`: `sslmode=disable`. Nothing that the JSON says.
    package var query: String?
    /// The name of a second database on the application's server that it is the address of: `cache`. Nothing that the
    /// JSON says.
    package var furtherDatabase: String?
    /// Whether a secret has a default in the code, which everybody can read who has the code. Nothing that the JSON says.
    package var hasPublicDefault = false
    /// What it must say where visitors come, where its default is made for a developer's machine and the code compares
    /// it with this. Nothing that the JSON says.
    package var production: String?
    /// Whether only the settings of production read it, which a developer's machine does not take. Nothing that the JSON
    /// says.
    package var isForProductionOnly = false
    /// Of which kind of server it holds the address, or ``part`` of it, by what the code does with it. Nothing that the
    /// JSON says.
    package var server: Resource.Kind?
    /// Whether the code refuses every request whose page comes from an address that it does not list. Nothing that the
    /// JSON says.
    package var listsVisitors = false
    /// Which part of its database's address the code takes it for, whatever it is called. Nothing that the JSON says.
    package var part: ResourcePart?
    /// The file, other than `.env`, from which the code takes it itself, seen from where it runs. Nothing that the JSON
    /// says.
    package var ownFile: String?
    /// What kind it is, where known.
    public var kind: Kind?
    /// Why it counts as a secret, or what it is for.
    public var purpose: String?
    /// `file:line` of each place that reads it, sorted.
    public var origins: [String]

    package init(
        name: String, services: [String], phase: Phase = .run, required: Bool = false, secret: Bool = false,
        default: String? = nil, kind: Kind? = nil, purpose: String? = nil, origins: [String] = []
    ) {
        self.name = name
        self.services = services
        self.phase = phase
        self.required = required
        self.secret = secret
        self.default = `default`
        self.kind = kind
        self.purpose = purpose
        self.origins = origins
    }

    /// Whether it lists the hosts that Django answers to, with commas: others get 400, the machine's own checks too
    /// (docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts).
    package var isHostList: Bool {
        kind == .list && name.uppercased().hasSuffix("ALLOWED_HOSTS") && `default`?.contains("*") != true
    }

    /// Which settings Django takes (docs.djangoproject.com/en/stable/topics/settings/#designating-the-settings).
    package static let djangoSettings = "DJANGO_SETTINGS_MODULE"

    /// Whether it holds the whole address of the resource: detection says so, or what the code does with it.
    package func isAddress(of resource: Resource) -> Bool {
        resource.variable == name || server == resource.kind && part == nil
    }

    /// Whether visitors are refused until somebody adds where they come: the code's own list has nothing but a
    /// developer's machine.
    package var mustListVisitors: Bool {
        guard listsVisitors, phase != .build else { return false }
        let own = (`default` ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
        return own.allSatisfy { origin in
            ["http://localhost", "https://localhost", "http://127.0.0.1"].contains(where: origin.hasPrefix)
        }
    }

    /// The names by which checks beside the process ask it.
    package static let ownHosts = ["localhost", "127.0.0.1"]

    /// The name of the database that it is the address of, on the server whose first database has this name.
    package func database(beside first: String) -> String { furtherDatabase.map { "\(first)_\($0)" } ?? first }

    /// What shows the form of an address that the code reads: its driver's beginning, or the code's own default.
    package var addressExample: String? {
        guard let query else { return scheme.map { $0 + "://" } ?? `default` }
        let address = scheme.map { $0 + "://" } ?? `default` ?? ""
        return address.contains("?") ? address : "\(address)?\(query)"
    }
}

extension Variable: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, services, phase, required, secret, `default`, kind, purpose, origins
    }

    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(services, forKey: .services)
        try container.encode(phase, forKey: .phase)
        try container.encode(required, forKey: .required)
        try container.encode(secret, forKey: .secret)
        try container.encode(`default`, forKey: .default)
        try container.encode(kind, forKey: .kind)
        try container.encode(purpose, forKey: .purpose)
        try container.encode(origins, forKey: .origins)
    }
}
