// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The short-lived folder of one application's sockets. It stands outside the repository because a socket's path is
/// limited to 108 bytes (unix(7)), and a repository's may be longer.
package enum RuntimeDirectory {
    /// `${XDG_RUNTIME_DIR:-/tmp/slipway-<uid>}/slipway/<12 hexadecimal digits of the application's path>`.
    package static func path(application: String, runtimeRoot: String?, userID: UInt32) -> String {
        let root = runtimeRoot.flatMap { $0.hasPrefix("/") && $0.utf8.count <= 60 ? $0 : nil }
        return (root ?? "/tmp/slipway-\(userID)") + "/slipway/" + Digest.sha256(application).prefix(12)
    }

    /// Creates the folder with mode 0700 and returns its path.
    /// - Throws: ``SlipwayError`` `writeFailed` when it, or a folder above it that Slipway makes, belongs to somebody
    ///   else, who could then swap the sockets.
    package static func make(application: String) throws -> String {
        let variable = ProcessVariables.value(of: "XDG_RUNTIME_DIR")
        let usable = variable.flatMap { Ownership.of($0)?.userID == Account.effectiveUserID ? $0 : nil }
        let path = path(application: application, runtimeRoot: usable, userID: Account.effectiveUserID)
        var owned = [path, parent(of: path)]
        if usable == nil { owned.append(parent(of: parent(of: path))) }
        for folder in owned.reversed() { try makeOwned(folder) }
        return path
    }

    private static func makeOwned(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SlipwayError.file("create the folder", path) }
        guard let found = Ownership.of(path), found.userID == Account.effectiveUserID,
            found.mode & UInt32(S_IFMT) == UInt32(S_IFDIR)
        else {
            throw SlipwayError(
                .writeFailed, "\(path) belongs to somebody else", hint: "ls -ld \(ShellWord.quote(path))")
        }
        guard chmod(path, 0o700) == 0 else { throw SlipwayError.file("protect", path) }
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
    }
}
