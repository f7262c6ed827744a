// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR026. Without Upgrade handed on, a WebSocket is an ordinary request that fails.
    static let webSocketPasses = ProofRule("PR026", .running, "a WebSocket opens through the one address") { trial in
        guard let door = trial.frontDoor else { return [.skip("no address")] }
        let headers = [
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "c2xpcHdheS10cmlhbC1rZXk=",
        ]
        for unit in trial.backEnds {
            for path in WebSocketPaths.candidates(trial) {
                let direct = try await trial.stack.request(
                    "GET", path, of: unit.name, headers: headers, deadline: .seconds(3))
                guard direct?.status == 101 else { continue }
                let through =
                    unit.name == door
                    ? direct
                    : try await trial.stack.request("GET", path, of: door, headers: headers, deadline: .seconds(3))
                return [
                    .verdict(
                        through?.status == 101, service: unit.name, value: "\(through.shown)", limit: "101",
                        evidence: ["GET \(path): direct 101, through \(door) \(through.shown)"],
                        diagnosis:
                            "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
                    )
                ]
            }
        }
        return [.skip("no path of a WebSocket was found")]
    }
}

/// Where a WebSocket may be, from the source.
enum WebSocketPaths {
    private static let marks = [
        "websocket(\"", "websocket('", "WebSocketRoute(\"", "WebSocketRoute('", "new WebSocket(",
    ]

    static func candidates(_ trial: Trial) -> [String] {
        var found: [String] = []
        for path in trial.sources
        where [".py", ".js", ".ts", ".mjs", ".tsx", ".jsx", ".go", ".swift"].contains(where: { path.hasSuffix($0) }) {
            guard let text = try? trial.staged.files.text(path), text.lowercased().contains("websocket") else {
                continue
            }
            for piece in text.split(whereSeparator: { "\"'`".contains($0) }) {
                let clean =
                    piece.split(whereSeparator: { $0 == "$" || $0 == "{" || $0 == "?" }).last.map(String.init) ?? ""
                guard let slash = clean.firstIndex(of: "/") else { continue }
                let route = String(clean[slash...])
                if route.count > 1, route.count < 60, !route.contains(" "), !route.hasPrefix("//"),
                    !found.contains(route),
                    !route.contains("."), !route.contains("\n")
                {
                    found.append(route)
                }
            }
        }
        let likely = found.filter { path in
            ["ws", "socket", "live", "stream", "events"].contains { path.lowercased().contains($0) }
        }
        return Array((likely + ["/ws", "/api/ws", "/socket.io/?EIO=4&transport=websocket"] + found).prefix(16))
    }
}
