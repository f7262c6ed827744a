// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds programs the way execvp(3) does, so that a missing one can be named before anything is started.
package enum ExecutableSearch {
    /// Debian packages of programs whose package is named otherwise.
    private static let packages = [
        "python3": "python3-venv", "node": "nodejs", "go": "golang-go", "initdb": "postgresql",
        "postgres": "postgresql", "psql": "postgresql-client", "valkey-server": "valkey", "setpriv": "util-linux",
        "poetry": "python3-poetry", "cargo": "cargo", "bundle": "ruby-bundler",
    ]

    /// This process's PATH.
    package static var path: String { ProcessVariables.value(of: "PATH") ?? "/usr/local/bin:/usr/bin:/bin" }

    /// - Parameter name: A path with a slash is taken as it is.
    /// - Returns: The path of the first regular file that may be executed, or `nil`.
    package static func find(_ name: String, path: String = Self.path) -> String? {
        if name.contains("/") { return isExecutable(name) ? name : nil }
        return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    /// - Throws: ``SlipwayError`` `missingTool` with how to get it.
    package static func require(_ name: String, path: String = Self.path) throws -> String {
        if let found = find(name, path: path) { return found }
        throw SlipwayError(
            .missingTool, "\(name) is not installed, or not on PATH",
            hint: "apt-get install \(packages[name] ?? name)",
            details: ["PATH=\(path)"])
    }

    /// Absolute path of this program's file; `nil` when it was removed, or replaced by another one.
    package static var own: String? {
        #if os(Linux)
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let path = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return isExecutable(path) ? path : nil
        #else
        return CommandLine.arguments.first.flatMap { find($0) }
        #endif
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }
}
