// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a variable's name alone says.
enum EnvironmentName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, Byte.isNameStart(first), first < 0x80, name.utf8.count <= 120 else {
            return false
        }
        return name.utf8.allSatisfy { Byte.isNamePart($0) && $0 < 0x80 }
    }

    /// `DATABASE_URL`, not `databaseUrl`: what a string must look like where nothing else says that it is a name.
    static func isScreaming(_ name: String) -> Bool {
        guard let first = name.utf8.first, Byte.isUpper(first), name.utf8.count > 1 else { return false }
        return name.utf8.allSatisfy { Byte.isUpper($0) || Byte.isDigit($0) || $0 == Byte.underscore }
    }

    /// Whether the variable says in which mode the whole program runs: what a mode needs is needed there.
    static func isMode(_ name: String) -> Bool {
        let upper = name.uppercased()
        return PlatformVariables.modes.contains(upper)
            || ["ENV", "ENVIRONMENT", "DEBUG", "STAGE", "MODE", "PRODUCTION", "DEV"].contains { ending in
                upper == ending || upper.hasSuffix("_" + ending)
            }
    }

    static func kind(_ name: String, default value: String?) -> Variable.Kind? {
        if name == "PORT" || name.hasSuffix("_PORT") { return .integer }
        if let value, value.contains("://") { return value.contains(",") ? .list : .url }
        if name.hasSuffix("_URL") || name.hasSuffix("_URI") || name == "URL" { return .url }
        return nil
    }

    /// The prefixes that front-end builds copy into what browsers download.
    static let publicPrefixes = [
        "VITE_", "NEXT_PUBLIC_", "REACT_APP_", "GATSBY_", "EXPO_PUBLIC_", "VUE_APP_", "NUXT_PUBLIC_", "PUBLIC_",
        "NG_APP_", "PARCEL_PUBLIC_",
    ]

    /// Whether everyone who opens the page can read it.
    static func isPublic(_ name: String) -> Bool { publicPrefixes.contains { name.hasPrefix($0) } }

    /// Whether a bundler replaces `process.env.NAME` in the code of browsers.
    static func isBaked(_ name: String) -> Bool {
        ["NEXT_PUBLIC_", "REACT_APP_", "GATSBY_", "EXPO_PUBLIC_", "VUE_APP_", "VITE_", "NG_APP_"]
            .contains { name.hasPrefix($0) }
    }

    /// `postgresConfig.dbName` and `db-name` as `POSTGRES_CONFIG_DB_NAME`, `DB_NAME`.
    static func screaming(_ name: String) -> String {
        var result: [UInt8] = []
        var last: UInt8 = Byte.underscore
        for byte in name.utf8 {
            if Byte.isUpper(byte), !Byte.isUpper(last), last != Byte.underscore { result.append(Byte.underscore) }
            let isPart = Byte.isNamePart(byte)
            result.append(isPart ? (byte &- 97 < 26 ? byte - 32 : byte) : Byte.underscore)
            last = isPart ? byte : Byte.underscore
        }
        return String(decoding: result, as: UTF8.self)
    }
}
