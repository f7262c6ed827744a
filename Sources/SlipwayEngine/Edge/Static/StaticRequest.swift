// SPDX-License-Identifier: Apache-2.0

/// What a request for a file says, taken out of the head so that it outlives the head's bytes.
struct StaticRequest: Equatable {
    /// Percent-encoded, dot segments resolved, after the route's prefix was taken off.
    var path: [UInt8]
    /// With its question mark.
    var query = ""
    var isHEAD = false
    var encodings = AcceptedEncodings()
    /// A browser goes to a new page, as opposed to fetching something for one.
    var isNavigation = false
    var ifNoneMatch: String?
    var ifModifiedSince: String?
    var range: String?
    var ifRange: String?

    init(path: String) { self.path = Array(path.utf8) }

    /// - Returns: `nil` for methods that files do not have.
    init?(_ head: RequestHead, fields: [HeaderField], _ bytes: UnsafeRawBufferPointer, path: [UInt8]) {
        guard head.method == .get || head.method == .head else { return nil }
        self.path = path.isEmpty ? [0x2F] : path
        query = bytes.text(head.target.query)
        isHEAD = head.method == .head
        for field in fields {
            switch field.name {
            case .acceptEncoding: encodings = AcceptedEncodings(bytes.text(field.value))
            case .accept: isNavigation = isNavigation || bytes.contains("text/html", in: field.value)
            case .fetchMode: isNavigation = isNavigation || bytes.part(field.value).spells("navigate")
            case .ifNoneMatch: ifNoneMatch = (ifNoneMatch.map { $0 + "," } ?? "") + bytes.text(field.value)
            case .ifModifiedSince: ifModifiedSince = bytes.text(field.value)
            case .range: range = bytes.text(field.value)
            case .ifRange: ifRange = bytes.text(field.value)
            default: break
            }
        }
        // Parts are parts of the file as it is stored.
        if range != nil { encodings = AcceptedEncodings() }
    }

    enum Outcome: Equatable { case whole, notModified, parts([Range<Int>]), unsatisfiable }

    /// What to send of a file (RFC 9110, section 13.2.2).
    /// - Parameters:
    ///   - etag: Strong, with its quotes.
    ///   - modified: Seconds since the Unix epoch.
    func outcome(etag: String, modified: Int, size: Int) -> Outcome {
        if let ifNoneMatch {
            if Self.matches(ifNoneMatch, etag) { return .notModified }
        } else if let since = ifModifiedSince.flatMap(HTTPDate.seconds), modified <= since {
            return .notModified
        }
        guard let range, mayUseRange(etag: etag, modified: modified) else { return .whole }
        switch ByteRanges(range, size: size) {
        case .whole: return .whole
        case .parts(let parts): return .parts(parts)
        case .unsatisfiable: return .unsatisfiable
        }
    }

    private func mayUseRange(etag: String, modified: Int) -> Bool {
        guard let ifRange else { return true }
        if ifRange.hasPrefix("\"") { return ifRange == etag }
        return HTTPDate.seconds(ifRange) == modified
    }

    private static func matches(_ list: String, _ etag: String) -> Bool {
        list.split(separator: ",").contains { element in
            let tag = element.trimmingSpaces
            return tag == "*" || tag == etag || tag.dropFirst(2) == etag && tag.hasPrefix("W/")
        }
    }
}
