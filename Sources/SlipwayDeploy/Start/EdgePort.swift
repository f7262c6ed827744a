// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The port of the one address, looked at before minutes of building: the engine asks again when it binds.
enum EdgePort {
    /// The wanted port, or any when it is 0.
    /// - Parameter command: What a person would type with another port: `deploy`.
    /// - Throws: ``SlipwayError`` `port-in-use` with its owner.
    static func choose(_ port: UInt16, for command: String) throws -> UInt16 {
        guard port != 0 else { return try LoopbackPort.free() }
        guard LoopbackPort.isFree(port) else {
            let owner = ListeningSockets.owner(ofPort: port).map { "\($0)" } ?? "a program of another user"
            throw SlipwayError(
                .portInUse, "port \(port) is taken by \(owner)",
                hint: "free it, or: slipway \(command) --port \(port < .max ? port + 1 : 8080)")
        }
        return port
    }
}
