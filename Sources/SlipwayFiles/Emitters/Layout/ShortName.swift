// SPDX-License-Identifier: Apache-2.0

/// Names cut to what a system takes, with a few signs of the whole one behind, so that two long names stay two.
enum ShortName {
    /// The longest name of an account that systemd takes (systemd.exec(5), "User/Group Name Syntax").
    static let account = 31
    /// With it, the longest of a site's variables fits nginx's hash bucket of 64 bytes, whatever else runs there
    /// (nginx.org/en/docs/http/ngx_http_core_module.html#variables_hash_bucket_size).
    static let variablePrefix = 20

    /// - Parameter limit: More than eight.
    static func of(_ name: String, limit: Int) -> String {
        guard name.utf8.count > limit else { return name }
        var head = String(name.prefix(limit - 7))
        while head.hasSuffix("-") { head.removeLast() }
        return "\(head)-\(signs(name))"
    }

    /// FNV-1a (RFC 9923) in six signs: the same for the same name everywhere.
    private static func signs(_ name: String) -> String {
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let text = String(hash, radix: 36)
        return String((String(repeating: "0", count: 7) + text).suffix(6))
    }
}
