// SPDX-License-Identifier: Apache-2.0

/// What a server answered.
package struct HTTPReply: Equatable, Sendable {
    package let status: Int
    /// Names in lower case, in the order they came.
    package let headers: [(name: String, value: String)]
    /// The first bytes, at most ``HTTPCall/bodyLimit``; transfer encodings are taken off, content encodings are not.
    package let body: [UInt8]
    /// All of the body, also what is not kept.
    package let bodyLength: Int
    /// From the first byte sent to the last one received.
    package let duration: Duration
    /// Bytes of the request's body that the server had taken when it answered.
    package let bodySent: Int

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    package func hasHeader(_ name: String) -> Bool { headers.contains { $0.name == name } }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var isSuccess: Bool { (200..<300).contains(status) }

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body && left.bodyLength == right.bodyLength
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Without headers and body, `nil` for what is no status.
    package init?(status: Int) {
        self.init(parsing: Array("HTTP/1.1 \(status)\r\n\r\n".utf8), duration: .zero)
    }

    /// - Parameter bytes: Head and body as received up to the end of the stream.
    /// - Returns: `nil` while the head is not complete, or is no HTTP/1.
    init?(parsing bytes: [UInt8], duration: Duration, bodySent: Int = 0) {
        guard let end = Self.endOfHead(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1."),
            let code = first.split(separator: " ").dropFirst().first, let status = Int(code)
        else { return nil }
        self.status = status
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return (line[..<colon].lowercased(), String(value))
        }
        var rest = Array(bytes[(end + 4)...])
        if headers.contains(where: { $0.name == "transfer-encoding" && $0.value.lowercased().contains("chunked") }) {
            rest = Self.unchunk(rest)
        }
        body = rest
        bodyLength = rest.count
        self.duration = duration
        self.bodySent = bodySent
    }

    /// Whether everything that the head promises has come.
    static func isComplete(_ bytes: [UInt8], isHead: Bool) -> Bool {
        guard let end = endOfHead(bytes) else { return false }
        let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        // An upgraded connection has no end of its own.
        if isHead || head.hasPrefix("http/1.1 101") || head.hasPrefix("http/1.1 204") || head.hasPrefix("http/1.1 304")
        {
            return true
        }
        for line in head.split(separator: "\r\n") {
            if line.hasPrefix("content-length:"),
                let length = Int(line.dropFirst("content-length:".count).drop { $0 == " " }.prefix { $0.isNumber })
            {
                return bytes.count - end - 4 >= length
            }
        }
        return head.contains("chunked") && bytes.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let limit = min(bytes.count - 4, 64 << 10)
        return (0...limit).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }

    private static func unchunk(_ bytes: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        var place = 0
        while let line = bytes[place...].firstIndex(of: 10) {
            let text = String(decoding: bytes[place..<line], as: UTF8.self).prefix { $0.isHexDigit }
            guard let size = Int(text, radix: 16), size > 0, line + 1 + size <= bytes.count else { break }
            body += bytes[(line + 1)..<(line + 1 + size)]
            place = min(line + 1 + size + 2, bytes.count)
        }
        return body
    }
}
