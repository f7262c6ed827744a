// SPDX-License-Identifier: Apache-2.0

/// The status, the extra header lines and the pieces of an answer about a file. Pure.
struct StaticBody: Equatable {
    enum Piece: Equatable {
        case text(String)
        /// Bytes of the file.
        case content(Range<Int>)

        var count: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .content(let range): range.count
            }
        }

        func split(_ size: Int) -> [Piece] {
            guard case .content(let range) = self else { return [self] }
            return stride(from: range.lowerBound, to: range.upperBound, by: size).map { start in
                .content(start..<min(start + size, range.upperBound))
            }
        }
    }

    let status: UInt16
    /// Each with CR LF.
    let fields: String
    let pieces: [Piece]
    /// `nil` when there is no body by definition.
    let length: Int?
    /// The file's own type and coding belong into the head.
    let describesContent: Bool

    init(_ outcome: StaticRequest.Outcome, _ file: ServedFile, boundary: [UInt8]) {
        switch outcome {
        case .whole:
            self.init(200, "", file.size > 0 ? [.content(0..<file.size)] : [], describesContent: true)
        case .notModified:
            self.init(304, "", [], describesContent: false, hasLength: false)
        case .unsatisfiable:
            self.init(416, "Content-Range: bytes */\(file.size)\r\n", [], describesContent: false)
        case .parts(let ranges) where ranges.count == 1:
            let fields = ranges.map { "Content-Range: \(Self.contentRange($0, file.size))\r\n" }.joined()
            self.init(206, fields, ranges.map { .content($0) }, describesContent: true)
        case .parts(let ranges):
            let boundary =
                "slipway-" + String(decoding: boundary.filter(ByteClass.isAlphanumeric).prefix(40), as: UTF8.self)
            var pieces: [Piece] = []
            for range in ranges {
                let start = pieces.isEmpty ? "" : "\r\n"
                let contentRange = Self.contentRange(range, file.size)
                let head = "--\(boundary)\r\nContent-Type: \(file.mediaType)\r\nContent-Range: \(contentRange)\r\n\r\n"
                pieces += [.text(start + head), .content(range)]
            }
            pieces.append(.text("\r\n--\(boundary)--\r\n"))
            let fields = "Content-Type: multipart/byteranges; boundary=\(boundary)\r\n"
            self.init(206, fields, pieces, describesContent: false)
        }
    }

    private init(
        _ status: UInt16, _ fields: String, _ pieces: [Piece], describesContent: Bool, hasLength: Bool = true
    ) {
        self.status = status
        self.fields = fields
        self.pieces = pieces
        self.describesContent = describesContent
        length = hasLength ? pieces.reduce(0) { $0 + $1.count } : nil
    }

    private static func contentRange(_ range: Range<Int>, _ size: Int) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }
}
