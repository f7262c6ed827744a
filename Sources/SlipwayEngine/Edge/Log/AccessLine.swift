// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// One answered request as a JSON object and a newline, built from bytes: no text value is made for any of it. Pure.
struct AccessLine {
    /// What is known when the request's head has been read, as JSON members.
    static func begin(
        _ head: RequestHead, _ bytes: UnsafeRawBufferPointer, agent: Range<Int>?, query: AccessLogRules.Query,
        into line: inout [UInt8]
    ) {
        line.removeAll(keepingCapacity: true)
        member("method", bytes.part(head.methodRange), &line)
        member("host", bytes.part(head.host), &line)
        line += #""path":""#.utf8
        escape(bytes.part(head.target.path), &line)
        redact(bytes.part(head.target.query), query, &line)
        line += #"","#.utf8
        if let agent { member("agent", bytes.part(agent), &line) }
    }

    struct Outcome {
        /// Of the request's head, in milliseconds since the epoch.
        var time: Int64
        var client: [UInt8]
        var scheme: StaticString
        var service: String?
        var upstream: UInt16?
        var status: UInt16
        var sentBytes: Int
        var microseconds: Int64
        var requestID: [UInt8]
    }

    static func append(_ begun: [UInt8], _ outcome: Outcome, to log: inout [UInt8]) {
        log += #"{"time":""#.utf8
        log += Timestamp.text(milliseconds: outcome.time).utf8
        log += #"","client":""#.utf8
        outcome.client.withUnsafeBytes { escape($0, &log) }
        log += #"","scheme":""#.utf8
        log += UnsafeBufferPointer(start: outcome.scheme.utf8Start, count: outcome.scheme.utf8CodeUnitCount)
        log += #"","#.utf8
        log += begun
        if var service = outcome.service { service.withUTF8 { member("service", UnsafeRawBufferPointer($0), &log) } }
        if let port = outcome.upstream { number("upstream", Int(port), &log) }
        number("status", Int(outcome.status), &log)
        number("bytes", outcome.sentBytes, &log)
        number("microseconds", Int(outcome.microseconds), &log)
        log += #""id":""#.utf8
        outcome.requestID.withUnsafeBytes { escape($0, &log) }
        log += "\"}\n".utf8
    }

    private static func member(_ name: StaticString, _ value: UnsafeRawBufferPointer, _ line: inout [UInt8]) {
        key(name, &line)
        line.append(UInt8(ascii: "\""))
        escape(value, &line)
        line += #"","#.utf8
    }

    private static func number(_ name: StaticString, _ value: Int, _ line: inout [UInt8]) {
        key(name, &line)
        line += String(value).utf8
        line.append(UInt8(ascii: ","))
    }

    private static func key(_ name: StaticString, _ line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        line += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        line += "\":".utf8
    }

    /// Names are kept up to the `=` of each parameter; one without is a value by itself.
    private static func redact(_ query: UnsafeRawBufferPointer, _ rule: AccessLogRules.Query, _ line: inout [UInt8]) {
        guard !query.isEmpty, rule != .dropped else { return }
        guard rule == .names else { return escape(query, &line) }
        line.append(UInt8(ascii: "?"))
        var isFirst = true
        for parameter in query.dropFirst().split(separator: UInt8(ascii: "&")) {
            if !isFirst { line.append(UInt8(ascii: "&")) }
            isFirst = false
            if let end = parameter.firstIndex(of: UInt8(ascii: "=")) {
                escape(UnsafeRawBufferPointer(rebasing: query[parameter.startIndex...end]), &line)
            }
            line += "…".utf8
        }
    }

    /// Bytes beyond ASCII are written as `\u00xx`, because nobody promises that they are UTF-8 and a log line must be
    /// JSON whatever a client sent.
    private static func escape(_ bytes: UnsafeRawBufferPointer, _ line: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case 0x20..<0x7F: line.append(byte)
            default:
                line += #"\u00"#.utf8
                line.append(hexDigit(byte >> 4))
                line.append(hexDigit(byte & 15))
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
