// SPDX-License-Identifier: Apache-2.0

/// Files of a back end that whoever stands before it has to serve, because its own process does not: what Django's
/// collectstatic leaves, what people upload.
public struct PublicFolder: Codable, Hashable, Sendable {
    /// Starts with `/` and does not end with one: `/static`.
    public var path: String
    /// Relative to the service's folder: `staticfiles`.
    public var directory: String

    package init(path: String, directory: String) {
        self.path = path
        self.directory = directory
    }

    /// `/static=staticfiles`, as it stands in slipway.yml.
    /// - Returns: `nil` where a part is missing, the path is the whole site, or the folder lies outside of the service's.
    package init?(_ text: String) {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let steps = text[..<sign].split(separator: "/")
        let folder = text[text.index(after: sign)...].split(separator: "/").filter { $0 != "." }
        guard text.hasPrefix("/"), !steps.isEmpty, !folder.isEmpty, !text[sign...].hasPrefix("=/"),
            !(steps + folder).contains("..")
        else { return nil }
        path = "/" + steps.joined(separator: "/")
        directory = folder.joined(separator: "/")
    }

    package var text: String { "\(path)=\(directory)" }
}

extension Service {
    /// Whether the process itself fills the folder while it runs, as opposed to the build.
    package func writes(_ folder: PublicFolder) -> Bool {
        writableDirectories.contains { $0 == folder.directory || folder.directory.hasPrefix($0 + "/") }
    }
}
