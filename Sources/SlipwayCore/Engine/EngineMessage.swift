// SPDX-License-Identifier: Apache-2.0

/// What a client asks of the engine: one JSON object per line over its unix socket; each gets one ``EngineReply`` line.
public enum EngineRequest: Codable, Equatable, Sendable {
    case status
    /// Ends everything, processes in reverse order of their dependencies, then the engine itself.
    case stop
    /// Ends one process and starts it again as described here; a new name is added. The reply comes when it is ready
    /// or has failed.
    case replace(ProcessSpec)
    /// Swaps the routing table; requests under way finish on the old one.
    case route([EdgeRoute])
}

/// The engine's answer to one ``EngineRequest``.
public enum EngineReply: Codable, Equatable, Sendable {
    case done
    case status(EngineStatus)
    case failed(code: String, message: String, details: [String])
}
