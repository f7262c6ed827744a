// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayHost

/// A file ready to be sent: its content and its header lines.
struct ServedFile: Sendable {
    enum Content: Sendable {
        case memory(ByteBuffer)
        case disk(OpenFile)
    }

    let version: FileVersion
    let content: Content
    /// As sent, so of the compressed form.
    let size: Int
    let etag: String
    /// Seconds since the Unix epoch.
    let modified: Int
    let mediaType: String
    /// Lines of every answer about this file, 304 among them, each with CR LF.
    let fields: ByteBuffer
    /// Lines that describe the content.
    let contentFields: ByteBuffer

    /// - Parameters:
    ///   - path: Below the root; decides type and caching.
    ///   - isUpload: Somebody put it there: its name promises nothing, and it may be made to look like a page of the site.
    init(version: FileVersion, content: Content, size: Int, path: String, isUpload: Bool = false) {
        self.version = version
        self.content = content
        self.size = size
        let name = path.split(separator: "/").last ?? ""
        mediaType = MediaType.of(name)
        let stamp = version.sibling ?? version.stamp
        let suffix =
            switch version.coding {
            case .identity: ""
            case .gzip, .gzipOnTheFly: "-gz"
            case .brotli: "-br"
            }
        let number = String(stamp.modifiedNanoseconds, radix: 36) + "-" + String(stamp.size, radix: 36)
        etag = "\"\(number)\(suffix)\""
        modified = stamp.modifiedNanoseconds / 1_000_000_000

        let cacheControl = isUpload ? "no-cache" : CachePolicy.cacheControl(path, mediaType: mediaType)
        var fields = "Cache-Control: \(cacheControl)\r\nETag: \(etag)\r\nLast-Modified: \(HTTPDate.text(modified))\r\n"
        if MediaType.isCompressible(mediaType) || version.coding != .identity { fields += "Vary: Accept-Encoding\r\n" }
        if isUpload { fields += "Content-Security-Policy: script-src 'none'\r\n" }
        self.fields = ByteBuffer(string: fields + Self.security)
        var contentFields = "Content-Type: \(mediaType)\r\nAccept-Ranges: bytes\r\n"
        switch version.coding {
        case .identity: break
        case .gzip, .gzipOnTheFly: contentFields += "Content-Encoding: gzip\r\n"
        case .brotli: contentFields += "Content-Encoding: br\r\n"
        }
        self.contentFields = ByteBuffer(string: contentFields)
    }

    /// What no page breaks on. A content security policy must know the page's scripts, and an opener policy breaks
    /// sign-in windows: those are the application's to set.
    private static let security =
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: strict-origin-when-cross-origin\r\n"
        + "X-Frame-Options: SAMEORIGIN\r\n"
}
