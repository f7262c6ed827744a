// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// An application's own Redis or Valkey, on loopback, its data kept below `.slipway`.
package enum RedisServer {
    /// Either speaks the protocol of the other.
    private static let programs = ["valkey-server", "redis-server"]

    /// - Returns: The server's program, or `nil` when this machine has none.
    package static func find(path: String = ExecutableSearch.path) -> String? {
        programs.lazy.compactMap { ExecutableSearch.find($0, path: path) }.first
    }

    /// - Parameter folder: Absolute path of a folder that exists.
    package static func process(
        name: String, program: String, port: UInt16, folder: String, base: [String: String]
    ) -> ProcessSpec {
        ProcessSpec(
            name: name, executable: program,
            arguments: [
                "--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder, "--daemonize", "no", "--save", "60 1",
            ],
            environment: ProcessEnvironment(base), directory: folder, probe: Probe(.tcp(port: port)), port: port)
    }
}
