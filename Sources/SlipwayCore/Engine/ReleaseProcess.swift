// SPDX-License-Identifier: Apache-2.0

/// The name of a service's process in one release, so that several releases run beside each other: `server@3`.
public struct ReleaseProcess: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The service's name.
    public let service: String
    /// `nil` for a process that belongs to no numbered release.
    public let release: Int?

    package init(service: String, release: Int?) {
        self.service = service
        self.release = release
    }

    /// Reads a process's name; a service's own name never holds `@`.
    public init(_ name: String) {
        let parts = name.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[1]) else {
            service = name
            release = nil
            return
        }
        service = String(parts[0])
        release = number
    }

    /// As the engine and the logs name it.
    public var description: String { release.map { "\(service)@\($0)" } ?? service }
}
