// SPDX-License-Identifier: Apache-2.0

/// What a client asks of the engine: one JSON object per line over its unix socket; each gets one ``EngineReply`` line.
public indirect enum EngineRequest: Codable, Equatable, Sendable {
    case status
    /// Ends everything, processes in reverse order of their dependencies, then the engine itself.
    case stop
    /// Ends one process and starts it again as described here; a new name is added. The reply comes when it is ready
    /// or has failed.
    case replace(ProcessSpec)
    /// Ends these processes and forgets them; the reply comes when nothing of them is left. Unknown names are fine.
    case remove([String])
    /// Ends these processes and keeps them in mind, so that they can be started again as they were.
    case halt([String])
    /// Starts processes that were halted; the reply comes when they are ready.
    case revive([String])
    /// Swaps the routing table; requests under way finish on the old one.
    case route([EdgeRoute])
    /// Swaps the routing table in favour of a release.
    case shift(EdgeShift)
    /// Waits until nothing is under way with some upstreams; answered with ``EngineReply/drained(_:)``.
    case drain(DrainOrder)
    /// Requests for these services wait from now on, or go on.
    case hold(HoldOrder)
    case unhold([String])
    /// What each upstream has answered so far; answered with ``EngineReply/traffic(_:)``.
    case traffic
    /// Asks a process from outside until it has answered well often enough in a row.
    case verify(VerifyOrder)
    /// More values that logs and diagnoses must not show.
    case hide(SecretValues)
    /// Hands everything over to a new process of this binary, by its absolute path: listening sockets, processes, lock.
    /// The reply comes when that process serves; requests under way end here.
    case handOver(executable: String)
    /// The same, refused when a holder of a newer lease has spoken to the engine already.
    case fenced(token: Int, EngineRequest)
}

/// The engine's answer to one ``EngineRequest``.
public enum EngineReply: Codable, Equatable, Sendable {
    case done
    case status(EngineStatus)
    case traffic([UpstreamTraffic])
    case drained(DrainReport)
    case failed(code: String, message: String, details: [String])
}
