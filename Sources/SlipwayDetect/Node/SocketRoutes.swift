// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths under which a Node program takes WebSockets, which no router shows.
enum SocketRoutes {
    /// Where Socket.IO answers without an option (socket.io/docs/v4/server-options/#path).
    private static let usual = "/socket.io"
    private static let search = ByteSearch(["socket.io", "websocketgateway", "websocketserver", "websocket.server"])
    private static let packages: Set<String> = ["socket.io", "fastify-socket.io"]

    static func find(_ project: NodeProject, _ tree: SourceTree, _ texts: NodeText) -> [NodeRoutes.Route] {
        // NestJS takes Socket.IO's adapter where it is installed: docs.nestjs.com/websockets/adapter.
        let hasAdapter = project.manifest.production("@nestjs/platform-socket.io") != nil
        return project.scripts.flatMap { path -> [NodeRoutes.Route] in
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { return [] }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            let servers = imported(code)
            return (0..<code.count).compactMap { index in
                let isGateway = code.isWord(index, "WebSocketGateway") && code.isMark(index - 1, "@")
                let isSocketIO = isGateway && hasAdapter || code.word(index).map(servers.contains) == true
                let isPlain =
                    code.isWord(index, "WebSocketServer") || code.path(index - 2, "WebSocket", "Server") != nil
                guard
                    isGateway || code.isWord(index - 1, "new") || code.isWord(index - 3, "new")
                        || isCalled(index, code),
                    isSocketIO || isPlain || isGateway,
                    let open = (index + 1..<index + 40).first(where: { code.isMark($0, "(") }),
                    code.isMark(index + 1, "(") || code.isMark(index + 1, "<")
                else { return nil }
                let options = code.arguments(open).first { code.isMark($0.lowerBound, "{") }
                let stated = options.map { code.arguments($0.lowerBound) }
                    .flatMap { code.argument("path", in: $0) }.flatMap { texts.value($0, in: code) }
                guard let route = stated.map(NodeRoutes.slashed) ?? (isSocketIO ? usual : nil) else { return nil }
                return NodeRoutes.Route(path: route, file: path, line: code.line(index))
            }
        }
    }

    /// `require("socket.io")(server)`
    private static func isCalled(_ index: Int, _ code: Code) -> Bool {
        code.isMark(index - 1, "=") && code.isMark(index + 1, "(")
    }

    /// Names that a file imports Socket.IO's server under.
    private static func imported(_ code: Code) -> Set<String> {
        var names: Set<String> = []
        for index in 0..<code.count where code.string(index).map(packages.contains) == true {
            guard code.isWord(index - 1, "from") || code.isWord(index - 2, "require") else { continue }
            var back = index - 2
            while back >= 0, back > index - 24, !code.isWord(back, of: ["import", "const", "let", "var"]) {
                if let word = code.word(back), !["require", "type", "as", "from"].contains(word) { names.insert(word) }
                back -= 1
            }
        }
        return names
    }
}
