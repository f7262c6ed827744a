// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Finds a program as a shell would, but on the PATH of the process to be started, not on our own.
package struct ExecutableSearch: Sendable {
    private let folders: [String]
    private let directory: String?

    /// What execvp(3) falls back to, with the places of hand-installed programs first.
    package static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

    package init(environment: [String: String], directory: String?) {
        folders = (environment["PATH"] ?? Self.defaultPath).split(separator: ":").map(String.init)
        self.directory = directory
    }

    /// - Returns: An absolute path, or a relative one when neither the name nor the directory is absolute.
    package func path(of name: String) -> String? {
        guard !name.isEmpty else { return nil }
        if name.utf8.contains(UInt8(ascii: "/")) {
            let path = resolve(name)
            return Self.isExecutable(path) ? path : nil
        }
        return folders.lazy.map { resolve($0 + "/" + name) }.first(where: Self.isExecutable)
    }

    private func resolve(_ path: String) -> String {
        guard let directory, path.utf8.first != UInt8(ascii: "/") else { return path }
        return directory + "/" + path
    }

    private static func isExecutable(_ path: String) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }
}
