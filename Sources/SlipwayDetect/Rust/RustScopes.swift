// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The paths before those of Actix' handlers: `#[get("/health")]` of a handler that `web::scope("/api")` holds answers
/// `/api/health` (actix.rs/docs/application, Using an Application Scope to Compose Applications).
struct RustScopes {
    /// By the handler's name.
    private var prefixes: [String: String] = [:]

    init(_ code: CodeBase) {
        let files = code.files.filter { $0.text.utf8.contains("scope(") }
            .map { Code(path: $0.path, language: .rust, bytes: Array($0.text.utf8)) }
        for file in files {
            for index in 0..<file.count {
                guard file.isWord(index, "scope"), file.isMark(index + 1, "("), let prefix = file.string(index + 2),
                    prefix.hasPrefix("/"), let open = file.parent(index), let close = file.partner(open)
                else { continue }
                for inner in index..<close {
                    guard let name = file.word(inner), file.isMark(inner + 1, ")") || file.isMark(inner + 1, ","),
                        !file.isWord(inner - 1, "scope"), prefixes[name] == nil
                    else { continue }
                    prefixes[name] = prefix == "/" ? "" : prefix
                }
            }
        }
        addConfigured(code)
    }

    /// `.configure(routes)` with `fn routes(cfg) { cfg.service(health); }`
    private mutating func addConfigured(_ code: CodeBase) {
        guard !prefixes.isEmpty else { return }
        for file in code.files where file.text.utf8.contains("ServiceConfig") {
            let code = Code(path: file.path, language: .rust, bytes: Array(file.text.utf8))
            for index in 0..<code.count {
                guard code.isWord(index - 1, "fn"), let name = code.word(index), let prefix = prefixes[name],
                    let body = (index..<min(index + 40, code.count)).first(where: { code.isMark($0, "{") }),
                    let end = code.partner(body)
                else { continue }
                for inner in body..<end where code.isWord(inner, "service") && code.isMark(inner + 1, "(") {
                    guard let handler = code.word(inner + 2), code.isMark(inner + 3, ")"), prefixes[handler] == nil
                    else { continue }
                    prefixes[handler] = prefix
                }
            }
        }
    }

    /// The path of an attribute's handler, whose name stands on one of the next lines.
    func path(_ path: String, before lines: ArraySlice<CodeLine>) -> String {
        guard !prefixes.isEmpty, let handler = lines.lazy.compactMap({ Self.function($0.text) }).first else {
            return path
        }
        return (prefixes[handler] ?? "") + path
    }

    /// `pub async fn health(`
    private static func function(_ line: Substring) -> String? {
        guard let range = line.range(ofText: "fn ") else { return nil }
        let name = line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? nil : String(name)
    }
}
