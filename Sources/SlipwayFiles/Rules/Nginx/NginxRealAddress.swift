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
            "map $http_cf_connecting_ip $client {\n  \"\" $remote_addr;\n  default $http_cf_connecting_ip;\n}\nserver {\n  location / {\n    proxy_set_header X-Real-IP $client;\n    proxy_pass http://app:3000;\n  }\n}\n",
        ],
        passes: [
            "server {\n  listen 80;\n  set_real_ip_from 10.0.0.0/8;\n  real_ip_header X-Forwarded-For;\n}\n",
            "server {\n  listen 80;\n  set_real_ip_from 0.0.0.0/0;\n}\n",
        ]
    ) { file in
        if let line = mapped(in: file) { return [line] }
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

    /// A map that takes a visitor's header for the address, and hands it on as the one that counts.
    private static func mapped(in file: CheckedFile<NginxFile>) -> Violation? {
        // Somebody names the networks that may bring the header.
        guard file.document.all("geo").isEmpty, file.document.all("allow").isEmpty,
            !file.text.contains("realip_remote_addr"),
            let map = file.document.all("map").first(where: { map in
                guard let source = map.parameters.first else { return false }
                return ["$http_cf_connecting_ip", "$http_x_forwarded_for", "$http_x_real_ip", "$http_true_client_ip"]
                    .contains(source)
            }), let name = map.parameters.last,
            file.document.all("proxy_set_header").contains(where: { header in
                ["x-real-ip", "x-forwarded-for", "x-client-ip"].contains(header.parameters.first?.lowercased() ?? "")
                    && header.parameters.last == name
            }),
            map.block?.contains(where: { $0.name == "default" && $0.parameters.first == map.parameters.first }) == true
        else { return nil }
        return Violation(
            line: map.line, column: map.position.column,
            "\(map.parameters[0]) of every client counts; name who may bring it: set_real_ip_from with the proxy's networks, "
                + "and real_ip_header CF-Connecting-IP;")
    }
}
