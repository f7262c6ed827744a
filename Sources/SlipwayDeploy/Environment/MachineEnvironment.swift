// SPDX-License-Identifier: Apache-2.0

import SlipwayHost

/// The variables of the machine that an application's processes may see: what programs need to work, and nothing that
/// the person at the shell has for themselves.
package enum MachineEnvironment {
    private static let names = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY",
        "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    ]

    package static func base() -> [String: String] {
        var base = ProcessVariables.values(of: names)
        base["PATH"] = ExecutableSearch.path
        return base
    }
}
