// SPDX-License-Identifier: Apache-2.0

/// The one line of JSON that an engine writes to its standard output when it starts.
public enum EngineAnnouncement: Codable, Equatable, Sendable {
    /// The control socket answers; the processes are starting.
    case listening(EngineRecord)
    /// The engine does not start at all.
    case refused(EngineFailure)
}

/// A ``SlipwayError`` on its way between two processes.
public struct EngineFailure: Codable, Equatable, Sendable {
    /// Of the error catalog.
    public var code: String
    /// As ``SlipwayError/message``.
    public var message: String
    /// As ``SlipwayError/hint``.
    public var hint: String?
    /// As ``SlipwayError/details``.
    public var details: [String]

    package init(_ error: SlipwayError) {
        code = error.code.rawValue
        message = error.message
        hint = error.hint
        details = error.details
    }

    /// The error again; a code of another version becomes `engineFailed`.
    public var error: SlipwayError {
        let known = SlipwayError.Code.all.first { $0.rawValue == code } ?? .engineFailed
        return SlipwayError(known, message, hint: hint, details: details)
    }
}
