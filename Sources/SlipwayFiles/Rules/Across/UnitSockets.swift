// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Both are right, and do not meet.
    static let unitSocket = Rule(
        "AP413", .warning, "a systemd unit listens where the nginx file beside it does not ask",
        why: "nginx passes requests to an address that the unit does not have, and answers 502 for all of them.",
        catches: [
            [
                "deploy/shop.service":
                    "[Service]\nExecStart=/srv/shop/venv/bin/gunicorn --bind unix:/srv/shop/shop.sock shop.wsgi\nUser=shop\n",
                "deploy/nginx-shop.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://127.0.0.1:8000;\n  }\n}\n",
            ]
        ],
        passes: [
            [
                "deploy/shop.service":
                    "[Service]\nExecStart=/srv/shop/venv/bin/gunicorn --bind unix:/srv/shop/shop.sock shop.wsgi\nUser=shop\n",
                "deploy/nginx-shop.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://unix:/srv/shop/shop.sock;\n  }\n}\n",
            ],
            [
                "deploy/shop.service":
                    "[Service]\nExecStart=/srv/shop/venv/bin/gunicorn --bind 127.0.0.1:8000 shop.wsgi\nUser=shop\n",
                "deploy/nginx-shop.conf":
                    "server {\n  listen 80;\n  location / {\n    proxy_pass http://127.0.0.1:8000;\n  }\n}\n",
            ],
        ]
    ) { repository in
        repository.units.flatMap { unit -> [Violation] in
            let sockets = unit.textLines.enumerated().compactMap { index, line -> (path: String, line: Int)? in
                guard line.hasPrefix("ExecStart="), let path = socket(in: line) else { return nil }
                return (path, index + 1)
            }
            return sockets.compactMap { socket in
                let name = SourceTree.Entry(path: socket.path).name
                let beside = repository.nginxFiles.filter { $0.folder == unit.folder }
                let passes = beside.flatMap { file in
                    file.locations.compactMap { entry in
                        entry.location.proxyPass.map { (file: file, pass: $0) }
                    }
                }
                guard let first = passes.first(where: { asksLoopback($0.pass) }),
                    !isNamed(name, except: unit.location, in: repository)
                else { return nil }
                let address = first.pass.parameters.first ?? ""
                return Violation(
                    file: unit.location, line: socket.line,
                    "\(first.file.location):\(first.pass.line) asks \(address), and nothing asks \(socket.path); write there: "
                        + "proxy_pass http://unix:\(socket.path);")
            }
        }
    }

    /// `--bind unix:/srv/a.sock`, `--uds /srv/a.sock`.
    private static func socket(in line: Substring) -> String? {
        let words = line.split { " =".contains($0) }
        if let word = words.first(where: { $0.hasPrefix("unix:/") }) { return String(word.dropFirst("unix:".count)) }
        guard let place = words.firstIndex(where: { $0 == "--uds" || $0 == "-u" }), words.indices.contains(place + 1),
            words[place + 1].hasSuffix(".sock")
        else { return nil }
        return String(words[place + 1])
    }

    private static func asksLoopback(_ pass: NginxDirective) -> Bool {
        let address = pass.parameters.first ?? ""
        return address.hasPrefix("http://127.0.0.1:") || address.hasPrefix("http://localhost:")
    }

    private static func isNamed(_ name: String, except unit: String, in repository: CheckedRepository) -> Bool {
        let endings = [".conf", ".md", ".socket", ".sh", ".yml", ".j2", "Caddyfile", ".nginx", ".txt"]
        return repository.tree.entries.contains { entry in
            guard entry.path != unit, endings.contains(where: entry.name.hasSuffix) || !entry.name.contains("."),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000
            else { return false }
            return ByteSearch.contains(name.utf8, in: bytes)
        }
    }
}
