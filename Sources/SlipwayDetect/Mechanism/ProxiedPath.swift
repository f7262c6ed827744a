// SPDX-License-Identifier: Apache-2.0

/// A path that the development server of a front end hands on to a back end.
package struct ProxiedPath: Hashable, Sendable {
    /// Starts with `/` and does not end with one: `/api`.
    package var prefix: String
    /// Where it leads on the developer's machine; `nil` where a variable decides.
    package var host: String?
    package var port: UInt16?
    /// Whether the back end gets the request without the prefix.
    package var isStripped: Bool

    package init(prefix: String, host: String? = nil, port: UInt16? = nil, isStripped: Bool = false) {
        self.prefix = prefix
        self.host = host
        self.port = port
        self.isStripped = isStripped
    }

    /// Whether it can lead to a process of the repository.
    package var isOwn: Bool {
        // A name with a dot is somebody else's server; one without is a container's.
        host.map { ["127.0.0.1", "0.0.0.0", "[::1]"].contains($0) || !$0.contains(".") } ?? true
    }

    package var text: String {
        let target = [host, port.map { String($0) }].compactMap(\.self).joined(separator: ":")
        return "\(prefix)\(target.isEmpty ? "" : " to \(target)")\(isStripped ? " without \(prefix)" : "")"
    }
}
