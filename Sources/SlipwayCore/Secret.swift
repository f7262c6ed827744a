// SPDX-License-Identifier: Apache-2.0

/// A value that must never be printed: its description is `[redacted]`, and it is not `Codable` on purpose.
public struct Secret: Equatable, Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: String

    package init(_ value: String) { self.value = value }

    /// The value itself; call this only where it is handed to the process that needs it.
    public func reveal() -> String { value }

    /// Never the values.
    public var description: String { "[redacted]" }
    /// Never the value.
    public var debugDescription: String { description }
    /// Shows nothing, so that `dump` prints no secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
