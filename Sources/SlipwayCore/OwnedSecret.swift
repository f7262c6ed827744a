// SPDX-License-Identifier: Apache-2.0

/// Tells secrets that an application invents for itself (a signing key, a salt) from credentials that somebody else
/// issued (another company's API key). The first may be generated for development; the second must be given.
package struct OwnedSecret: Sendable {
    /// How a generated value is spelled.
    package enum Form: Equatable, Sendable {
        /// 64 hexadecimal digits of 32 random bytes.
        case hexadecimal
        /// 44 characters of URL-safe Base64 with padding: what Fernet keys must be, and any other key may be.
        case base64
    }

    /// At least one of these word sequences must be in the name.
    private static let markers: [[Substring]] = [
        ["SECRET"], ["SALT"], ["PEPPER"], ["SIGNING", "KEY"], ["ENCRYPTION", "KEY"], ["SESSION", "KEY"],
        ["COOKIE", "KEY"], ["COOKIE", "PASSWORD"], ["JWT", "KEY"], ["HMAC", "KEY"], ["HASH", "KEY"], ["FERNET", "KEY"],
        ["APP", "KEY"], ["MASTER", "KEY"],
    ]
    /// Every other word must be one that names no company. A name with an unknown word is never generated: a wrong
    /// value for somebody else's service fails late and far from its cause.
    private static let neutral: Set<Substring> = [
        "SECRET", "KEY", "SALT", "PEPPER", "SIGNING", "ENCRYPTION", "SESSION", "COOKIE", "JWT", "HMAC", "HASH",
        "FERNET", "APP", "APPLICATION", "AUTH", "AUTHENTICATION", "TOKEN", "TOKENS", "REFRESH", "WEBHOOK", "API",
        "PASSWORD", "DJANGO", "FLASK", "FASTAPI", "RAILS", "BASE", "NEXTAUTH", "NEXT", "NUXT", "EXPRESS", "LARAVEL",
        "HASHIDS", "ID", "CSRF", "XSRF", "MASTER", "SERVER", "BACKEND", "SERVICE", "INTERNAL", "URL", "LINK", "RESET",
        "EMAIL", "VERIFICATION", "CONFIRMATION", "USER", "ADMIN", "DEFAULT", "STATE", "DATA", "FIELD", "SEED", "SHARED",
        "HS256", "HS512", "ALGORITHM", "VALUE", "STRING", "BETTER", "CRON", "PREVIEW", "REVALIDATE", "REVALIDATION",
    ]
    /// These need a certain shape or come in pairs, so random bytes would not do.
    private static let shaped: Set<Substring> = ["PRIVATE", "PUBLIC", "CLIENT", "CERTIFICATE", "CERT", "PEM", "RSA"]

    private let ownWords: Set<Substring>

    /// - Parameter application: Its name and its services' names count as words of its own: `PM_SECRET_KEY`.
    package init(application: AppSpec) {
        let names = [application.name] + application.services.map(\.name)
        ownWords = Set(names.flatMap { Self.words($0).map { Substring($0.uppercased()) } })
    }

    /// The form to generate, or `nil` when the value has to come from the user.
    package func form(of variable: Variable) -> Form? {
        guard variable.secret, variable.kind == nil || variable.kind == .string else { return nil }
        let words = Self.words(variable.name).map { Substring($0.uppercased()) }
        guard words.allSatisfy({ Self.neutral.contains($0) || ownWords.contains($0) }),
            !words.contains(where: Self.shaped.contains),
            Self.markers.contains(where: { marker in words.indices.contains { words[$0...].starts(with: marker) } })
        else { return nil }
        // AWS spells it SECRET_ACCESS_KEY; ACCESS stands for an issued pair except in ACCESS_TOKEN_SECRET.
        return words.contains("ENCRYPTION") || words.contains("FERNET") ? .base64 : .hexadecimal
    }

    private static func words(_ name: String) -> [Substring] { name.split { $0 == "_" || $0 == "-" || $0 == "." } }
}
