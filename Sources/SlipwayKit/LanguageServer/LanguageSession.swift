// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// One editor's conversation: a message in, messages out; nothing else happens.
struct LanguageSession {
    /// Codes of JSON-RPC and of the protocol.
    private enum Code: Int {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case notReady = -32002
    }

    private var repository: EditedRepository?
    /// Open documents by address, with their paths within the repository.
    private var open: [String: String] = [:]
    private var findings: [String: [Diagnostic]] = [:]
    private var isShutDown = false
    /// Set when the editor has said goodbye: 0 after a shutdown, else 1.
    private(set) var exitStatus: Int32?

    /// - Returns: What is sent back, in order.
    mutating func answer(_ body: [UInt8]) -> [FileMap] {
        guard let message = JSONDocument(parsing: String(decoding: body, as: UTF8.self)).root,
            let method = message["method"]?.string
        else {
            // An answer to a question of ours, which we never ask, or no JSON.
            return body.isEmpty ? [] : [Self.failure(nil, .parseError, "not a message")]
        }
        let (id, parameters) = (message["id"], message["params"])
        switch method {
        case "initialize": return [initialize(id, parameters)]
        case "exit":
            exitStatus = isShutDown ? 0 : 1
            return []
        default: break
        }
        guard repository != nil else { return id.map { [Self.failure($0, .notReady, "not initialized")] } ?? [] }
        if isShutDown { return id.map { [Self.failure($0, .invalidRequest, "shut down")] } ?? [] }
        switch method {
        case "shutdown":
            isShutDown = true
            return [Self.result(id, .null)]
        case "textDocument/didOpen": return didOpen(parameters?["textDocument"])
        case "textDocument/didChange": return didChange(parameters)
        case "textDocument/didSave", "workspace/didChangeWatchedFiles":
            repository?.refresh()
            return publish()
        case "textDocument/didClose": return didClose(parameters?.at("textDocument", "uri")?.string)
        case "textDocument/codeAction": return [Self.result(id, .list(actions(parameters)))]
        case "textDocument/hover": return [Self.result(id, hover(parameters) ?? .null)]
        default:
            return id.map { [Self.failure($0, .methodNotFound, "there is no method \(method)")] } ?? []
        }
    }

    // MARK: Life

    private mutating func initialize(_ id: DataNode?, _ parameters: DataNode?) -> FileMap {
        let folder = parameters?["workspaceFolders"]?[0]?["uri"]?.string ?? parameters?["rootUri"]?.string
        let root = folder.flatMap(DocumentAddress.path) ?? parameters?["rootPath"]?.string
        repository = EditedRepository(root: root)
        return Self.result(
            id,
            [
                "capabilities": [
                    // Whole texts: deployment files are short.
                    "textDocumentSync": ["openClose": true, "change": 1, "save": true],
                    "codeActionProvider": ["codeActionKinds": ["quickfix"]],
                    "hoverProvider": true,
                ],
                "serverInfo": ["name": "slipway", "version": .string(Version.current)],
            ])
    }

    // MARK: Documents

    private mutating func didOpen(_ document: DataNode?) -> [FileMap] {
        guard let uri = document?["uri"]?.string,
            let path = DocumentAddress.path(of: uri).flatMap({ repository?.relative($0) })
        else { return [] }
        open[uri] = path
        repository?.set(path, document?["text"]?.string ?? "")
        return publish()
    }

    private mutating func didChange(_ parameters: DataNode?) -> [FileMap] {
        guard let uri = parameters?.at("textDocument", "uri")?.string, let path = open[uri],
            let text = parameters?["contentChanges"]?.sequence?.last?["text"]?.string
        else { return [] }
        repository?.set(path, text)
        findings[path] = repository?.findings(in: path, after: findings[path] ?? [])
        return show()
    }

    private mutating func didClose(_ uri: String?) -> [FileMap] {
        guard let uri, let path = open.removeValue(forKey: uri) else { return [] }
        repository?.set(path, nil)
        return [Self.notification(uri, [])] + publish()
    }

    private mutating func publish() -> [FileMap] {
        guard let repository else { return [] }
        findings = repository.findings()
        return show()
    }

    private func show() -> [FileMap] {
        guard let repository else { return [] }
        return open.sorted { $0.key < $1.key }.map { uri, path in
            let place = DocumentPlace(repository.text(path) ?? "")
            return Self.notification(uri, (findings[path] ?? []).map { Self.value(of: $0, place) })
        }
    }

    private static func value(of diagnostic: Diagnostic, _ place: DocumentPlace) -> FileValue {
        [
            "range": place.range(of: diagnostic),
            "severity": .integer(diagnostic.severity == .error ? 1 : diagnostic.severity == .warning ? 2 : 3),
            "code": .string(diagnostic.code), "source": "slipway", "message": .string(diagnostic.message),
        ]
    }

    // MARK: Questions

    private func actions(_ parameters: DataNode?) -> [FileValue] {
        guard let uri = parameters?.at("textDocument", "uri")?.string, let path = open[uri], let repository else {
            return []
        }
        let first = (parameters?.at("range", "start", "line")?.int ?? 0) + 1
        let last = (parameters?.at("range", "end", "line")?.int ?? first - 1) + 1
        let place = DocumentPlace(repository.text(path) ?? "")
        return (findings[path] ?? []).compactMap { diagnostic in
            guard let fix = diagnostic.fix, let line = diagnostic.line, line >= first, line <= last else { return nil }
            let edits: FileValue = .map(FileMap([.init(uri, .list([place.edit(of: fix)]))]))
            return [
                "title": .string(fix.title + (fix.isUnsafe ? " (read it before you keep it)" : "")),
                "kind": "quickfix", "isPreferred": .boolean(!fix.isUnsafe),
                "diagnostics": .list([Self.value(of: diagnostic, place)]), "edit": ["changes": edits],
            ]
        }
    }

    private func hover(_ parameters: DataNode?) -> FileValue? {
        guard let uri = parameters?.at("textDocument", "uri")?.string, let path = open[uri],
            let line = parameters?.at("position", "line")?.int
        else { return nil }
        let texts = (findings[path] ?? []).filter { $0.line == line + 1 }.map { diagnostic in
            let rule = RuleCatalog.descriptions(named: diagnostic.code).first
            let head = "**\(diagnostic.code)** " + (rule.map { $0.title } ?? diagnostic.message)
            return [head, rule?.why, rule.map { _ in diagnostic.message }].compactMap { $0 }.joined(separator: "\n\n")
        }
        guard !texts.isEmpty else { return nil }
        return ["contents": ["kind": "markdown", "value": .string(texts.joined(separator: "\n\n---\n\n"))]]
    }

    // MARK: Messages

    private static func notification(_ uri: String, _ diagnostics: [FileValue]) -> FileMap {
        [
            "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics",
            "params": ["uri": .string(uri), "diagnostics": .list(diagnostics)],
        ]
    }

    private static func result(_ id: DataNode?, _ value: FileValue) -> FileMap {
        ["jsonrpc": "2.0", "id": identifier(id), "result": value]
    }

    private static func failure(_ id: DataNode?, _ code: Code, _ message: String) -> FileMap {
        [
            "jsonrpc": "2.0", "id": identifier(id),
            "error": ["code": .integer(code.rawValue), "message": .string(message)],
        ]
    }

    private static func identifier(_ id: DataNode?) -> FileValue {
        if case .integer(let number)? = id?.value { return .integer(number) }
        return id?.string.map { .string($0) } ?? .null
    }
}
