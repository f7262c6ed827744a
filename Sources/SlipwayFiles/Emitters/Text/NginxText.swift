// SPDX-License-Identifier: Apache-2.0

/// Parameters of nginx directives, quoted where the lexer would cut or change them
/// (src/core/ngx_conf_file.c, ngx_conf_read_token).
package enum NginxText {
    /// `$name` stays nginx's variable: nginx has no escape for `$`, so a value with one is said literally only through a
    /// `map` or `geo` block of the caller.
    package static func quote(_ parameter: String) -> String {
        let isPlain =
            !parameter.isEmpty
            && parameter.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"'\\{};#".utf8.contains($0) }
        return isPlain ? parameter : DoubleQuotes.around(parameter)
    }
}
