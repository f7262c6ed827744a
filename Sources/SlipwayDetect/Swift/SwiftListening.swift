// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where a Swift server listens and which paths it answers, read from its sources.
struct SwiftListening {
    private(set) var port: UInt16?
    private(set) var portVariable: String?
    private(set) var hostVariable: String?
    private(set) var file: String?
    private(set) var line: Int?
    private(set) var paths: [(path: String, file: String, line: Int)] = []

    init(folder: String, in tree: SourceTree) {
        for entry in tree.files(under: folder) where entry.name.hasSuffix(".swift") {
            guard let bytes = tree.bytes(entry.path) else { continue }
            read(Code(path: entry.path, language: .swift, bytes: bytes))
        }
    }

    private mutating func read(_ code: Code) {
        for index in 0..<code.count {
            if let text = code.string(index) { readVariable(text, code, index) }
            if code.isWord(index, "port"), !isOfOthers(code, index),
                code.isMark(index + 1, ":") || code.isMark(index + 1, "=")
            {
                for next in index + 2..<min(index + 32, code.count) {
                    guard code.line(next) == code.line(index), port == nil else { break }
                    let isNumber = code.kind(next) == .number || code.kind(next) == .string
                    if isNumber, let number = UInt16(code.text(next).filter { $0 != "_" }), number > 0,
                        !InfrastructurePort.isUsual(number)
                    {
                        (port, file, line) = (number, code.path, code.line(next))
                    }
                }
            }
            readRoute(code, index)
        }
    }

    /// `SMTPServerConfig(…, port: 465)`, `.postgres(…, port: 5432)`: what the program calls, not where it listens.
    private func isOfOthers(_ code: Code, _ index: Int) -> Bool {
        guard let open = code.parent(index), let callee = code.word(open - 1)?.lowercased() else { return false }
        return ["smtp", "mail", "postgres", "mysql", "sql", "mongo", "redis", "database", "valkey", "rabbit", "client"]
            .contains(where: callee.contains)
    }

    private mutating func readVariable(_ text: String, _ code: Code, _ index: Int) {
        guard let open = code.parent(index), code.isMark(open, "(") || code.isMark(open, "[") else { return }
        let name = text.uppercased()
        if name == "PORT"
            || name.hasSuffix("_PORT") && portVariable == nil && !name.contains("DB") && !name.contains("DATABASE")
                && !name.contains("POSTGRES") && !name.contains("REDIS") && !name.contains("SMTP")
        {
            if text == name { portVariable = name }
        } else if text == "HOST" || text == "HOSTNAME"
            || text.hasSuffix("_HOST") && hostVariable == nil
                && ["API_HOST", "APP_HOST", "SERVER_HOST", "HTTP_HOST"].contains(text)
        {
            hostVariable = text
        }
    }

    /// `router.get("/health")`, `app.get("api", "users")`, `app.grouped("api")`, `router.group("/api")`.
    private mutating func readRoute(_ code: Code, _ index: Int) {
        guard code.isMember(index),
            code.isWord(
                index, of: ["get", "post", "put", "patch", "delete", "on", "group", "grouped", "webSocket", "ws"]),
            code.isMark(index + 1, "(")
        else { return }
        let literals = code.arguments(index + 1).prefix { code.string($0.lowerBound) != nil }.compactMap {
            code.string($0.lowerBound)
        }
        guard !literals.isEmpty else { return }
        // `environment.get("PORT")` looks alike.
        guard !literals[0].contains(where: \.isUppercase) else { return }
        let path = literals.map { $0.hasPrefix("/") ? $0 : "/" + $0 }.joined()
        let grouped = code.word(index - 2).flatMap { groupPrefix($0, code) } ?? ""
        let chained =
            code.isMark(index - 2, ")")
            ? code.partner(index - 2).flatMap { open -> String? in
                code.isWord(open - 1, of: ["group", "grouped"])
                    ? code.string(open + 1).map { $0.hasPrefix("/") ? $0 : "/" + $0 } : nil
            } ?? "" : ""
        paths.append((grouped + chained + path, code.path, code.line(index)))
    }

    /// `let api = app.grouped("api")`
    private func groupPrefix(_ name: String, _ code: Code) -> String? {
        for index in 0..<code.count
        where code.isWord(index, name) && code.isMark(index + 1, "=") && !code.isMark(index + 1, "==") {
            for next in index + 2..<min(index + 8, code.count)
            where code.isWord(next, of: ["group", "grouped"]) && code.isMark(next + 1, "(") {
                return code.string(next + 2).map { $0.hasPrefix("/") ? $0 : "/" + $0 }
            }
        }
        return nil
    }
}
