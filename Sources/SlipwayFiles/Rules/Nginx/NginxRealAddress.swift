// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<NginxFile>> {
    /// Whoever asks says where the question comes from.
    static let everyProxyTrusted = Rule(
        "NX065", .warning, "every client may say which address it has",
        why:
            "set_real_ip_from names the proxies whose X-Forwarded-For counts. With every address in it a client writes the "
            + "header itself: limits of requests, lists of allowed addresses and logs see what it chose.",
        catches: [
            "server {\n  listen 80;\n  set_real_ip_from 0.0.0.0/0;\n  real_ip_header X-Forwarded-For;\n}\n",
            "http {\n  set_real_ip_from ::/0;\n  real_ip_header X-Real-IP;\n}\n",
        ],
        passes: [
            "server {\n  listen 80;\n  set_real_ip_from 10.0.0.0/8;\n  real_ip_header X-Forwarded-For;\n}\n",
            "server {\n  listen 80;\n  set_real_ip_from 0.0.0.0/0;\n}\n",
        ]
    ) { file in
        guard let header = file.document.all("real_ip_header").first?.parameters.first,
            header.lowercased() != "proxy_protocol"
        else { return [] }
        return file.document.all("set_real_ip_from").compactMap { trust in
            guard let network = trust.parameters.first, ["0.0.0.0/0", "::/0"].contains(network) else { return nil }
            return Violation(
                line: trust.line, column: trust.position.column,
                "\(header) of every client counts; write the network of the proxy in front: set_real_ip_from 10.0.0.0/8;"
            )
        }
    }
}
