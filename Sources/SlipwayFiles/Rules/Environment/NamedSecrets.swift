// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of accounts with others that stand in code under the name that the other side's manual gives them.
enum NamedSecrets {
    private static let names = [
        "api_secret", "apiSecret", "API_SECRET", "client_secret", "clientSecret", "CLIENT_SECRET", "APP_SECRET",
        "app_secret", "secretAccessKey", "SECRET_ACCESS_KEY", "authToken", "AUTH_TOKEN",
    ]
    private static let longest = 200

    /// The first literal that looks drawn at random, and the name before it.
    static func first(in bytes: [UInt8]) -> (name: String, line: Int)? {
        // Most files have none of them.
        guard
            ["SECRET", "ecret", "uthToken", "AUTH_TOKEN"].contains(where: { ByteSearch.contains($0.utf8, in: bytes) })
        else { return nil }
        for name in names {
            var start = 0
            while let distance = ByteSearch.offset(of: name.utf8, in: bytes[start...]) {
                let offset = start + distance
                start = offset + name.utf8.count
                guard let value = literal(after: start, in: bytes), IssuedSecret.isRandom(value) else { continue }
                return (
                    "\(name), the key of an account,", bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
                )
            }
        }
        return nil
    }

    /// The quoted text behind `name: ` or `name = `.
    private static func literal(after start: Int, in bytes: [UInt8]) -> String? {
        var rest = bytes[start..<min(bytes.count, start + longest)]
        func skip(_ set: String) { rest = rest.drop { Array(set.utf8).contains($0) } }
        skip("\"'] ")
        guard let joint = rest.first, joint == UInt8(ascii: ":") || joint == UInt8(ascii: "=") else { return nil }
        rest = rest.dropFirst()
        skip(" ")
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let body = rest.dropFirst().prefix { $0 != quote }
        guard body.allSatisfy(isWord), body.count < rest.count - 1 else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "_-+/=".utf8.contains(byte)
    }
}
