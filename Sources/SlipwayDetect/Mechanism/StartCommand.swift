// SPDX-License-Identifier: Apache-2.0

/// A command that starts a service, and where it makes the service listen.
package struct StartCommand: Hashable, Sendable {
    /// POSIX shell text; a port that can move is written `${PORT:-8000}`.
    package var text: String
    /// The port that the command states, whether it can move or not.
    package var port: UInt16?
    /// The variable that moves it; `nil` when the port is fixed or not said.
    package var portVariable: String?
    package var hostVariable: String?

    package init(_ text: String, port: UInt16? = nil, portVariable: String? = nil, hostVariable: String? = nil) {
        self.text = text
        self.port = port
        self.portVariable = portVariable
        self.hostVariable = hostVariable
    }
}
