// SPDX-License-Identifier: Apache-2.0

/// What one probe saw.
package enum ProbeResult: Equatable, Sendable {
    /// Accepted, or answered with a status from 200 to 399.
    case passed
    case status(Int, bodyStart: String)
    /// Nothing accepts connections there.
    case refused
    case timedOut
    /// Closed, reset, or no HTTP.
    case broken(String)
    /// Somebody else answers on the port.
    case foreign(owner: String)

    var isPassed: Bool { self == .passed }

    /// `500 "database is down"`, `connection refused`.
    var text: String {
        switch self {
        case .passed: "good"
        case .status(let status, let body): body.isEmpty ? "\(status)" : "\(status) \"\(body)\""
        case .refused: "connection refused"
        case .timedOut: "no answer in time"
        case .broken(let reason): reason
        case .foreign(let owner): "answered by \(owner)"
        }
    }
}
