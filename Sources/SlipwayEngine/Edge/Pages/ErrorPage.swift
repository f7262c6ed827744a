// SPDX-License-Identifier: Apache-2.0

/// The body and the headers of an answer that the edge gives itself. Pure.
struct ErrorPage: Equatable {
    enum Format: Equatable { case html, json }

    let failure: EdgeFailure
    let requestID: String
    let format: Format
    /// Whether cause and hint may be seen: they tell ports and commands of this machine.
    let isDetailed: Bool

    var contentType: String { format == .html ? "text/html; charset=utf-8" : "application/json" }

    /// Header lines beyond type, length and id, each with CR LF.
    var fields: String {
        var lines = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        if let seconds = failure.retryAfterSeconds { lines += "Retry-After: \(seconds)\r\n" }
        if let allow = failure.allow { lines += "Allow: \(allow)\r\n" }
        return lines
    }

    var body: String { format == .html ? html : json }

    private var html: String {
        let title = "\(failure.status) \(StatusText.reason(failure.status))"
        var text = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;\
            color:#222;background:#fff}small,code{color:#666}@media(prefers-color-scheme:dark)\
            {body{color:#ddd;background:#111}}</style>
            <h1>\(title)</h1>
            <p>\(Self.escapedHTML(sentence(failure.reason)))</p>

            """
        if isDetailed, let cause = failure.cause { text += "<p>\(Self.escapedHTML(sentence(cause)))</p>\n" }
        if isDetailed, let hint = failure.hint { text += "<p><code>\(Self.escapedHTML(hint))</code></p>\n" }
        return text + "<p><small>Request \(Self.escapedHTML(requestID))</small></p>\n</html>\n"
    }

    private var json: String {
        var members = [("status", "\(failure.status)"), ("error", Self.quotedJSON(failure.reason))]
        if let service = failure.service { members.append(("service", Self.quotedJSON(service))) }
        if isDetailed, let cause = failure.cause { members.append(("cause", Self.quotedJSON(cause))) }
        if isDetailed, let hint = failure.hint { members.append(("hint", Self.quotedJSON(hint))) }
        members.append(("requestId", Self.quotedJSON(requestID)))
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}\n"
    }

    private func sentence(_ reason: String) -> String { reason.prefix(1).uppercased() + reason.dropFirst() + "." }

    private static func escapedHTML(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    private static func quotedJSON(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case let scalar where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
