// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// One place in the code that reads one variable.
public struct VariableRead: Codable, Equatable, Sendable {
    /// As the environment spells it.
    public var name: String
    /// Relative to the source tree's root.
    public var file: String
    /// One-based.
    public var line: Int
    /// Whether this place fails, or works with nothing, when the variable is not set.
    public var required: Bool
    /// The default as the environment would spell it; never a secret's.
    public var `default`: String?
    /// Whether it is a secret that has a default.
    package var hasPublicDefault = false
    /// What the default has before `://`; a secret's too.
    package var scheme: String?
    /// What the default has after `?`; a secret's too.
    package var query: String?
    /// Which further database of the server it is the address of: `cache`.
    package var database: String?
    /// What the value must look like, where the code says so.
    public var kind: Variable.Kind?
    /// When this place looks at it.
    public var phase: Variable.Phase
    /// Whether the value must be hidden.
    public var secret: Bool
    /// Why it counts as a secret.
    public var reason: String?
    /// Whether the code takes the value as it comes: no default, and it never looks whether there is one.
    package var isBare: Bool
    /// Whether the value goes straight to something that cannot work with nothing: a signature, a mail account.
    package var isHanded = false

    /// Whether it lists where pages may come from, and requests from others are refused.
    package var listsVisitors = false

    private enum CodingKeys: String, CodingKey {
        case name, file, line, required, `default`, kind, phase, secret, reason
    }

    package init(
        name: String, file: String, line: Int, required: Bool = false, default: String? = nil,
        kind: Variable.Kind? = nil, phase: Variable.Phase = .run, secret: Bool = false, reason: String? = nil,
        isBare: Bool = false
    ) {
        self.isBare = isBare
        self.name = name
        self.file = file
        self.line = line
        self.required = required
        self.default = `default`
        self.kind = kind
        self.phase = phase
        self.secret = secret
        self.reason = reason
    }

    /// Reads one as it was written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        file = try container.decode(String.self, forKey: .file)
        line = try container.decode(Int.self, forKey: .line)
        required = try container.decode(Bool.self, forKey: .required)
        `default` = try container.decodeIfPresent(String.self, forKey: .default)
        kind = try container.decodeIfPresent(Variable.Kind.self, forKey: .kind)
        phase = try container.decode(Variable.Phase.self, forKey: .phase)
        secret = try container.decode(Bool.self, forKey: .secret)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        isBare = false
    }
}
