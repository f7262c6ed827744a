// SPDX-License-Identifier: Apache-2.0

/// Which codings of Accept-Encoding the edge can use (RFC 9110, section 12.5.3).
struct AcceptedEncodings: Hashable {
    var gzip = false
    var brotli = false

    init() {}

    init(_ header: String) {
        var others: Bool?
        var named: [String: Bool] = [:]
        for element in header.split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.trimmingSpaces.lowercased() }
            guard let name = parts.first else { continue }
            let isWanted = !parts.dropFirst().contains { Self.isZero($0) }
            if name == "*" { others = isWanted } else { named[name] = isWanted }
        }
        gzip = named["gzip"] ?? named["x-gzip"] ?? others ?? false
        brotli = named["br"] ?? others ?? false
    }

    /// `q=0`, `q=0.000`.
    private static func isZero(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=") && Double(parameter.dropFirst(2)) == 0
    }
}
