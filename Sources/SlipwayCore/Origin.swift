// SPDX-License-Identifier: Apache-2.0

/// Where one value of an app spec comes from, and why it won.
public struct Origin: Codable, Equatable, Hashable, Sendable {
    /// Path relative to the source tree's root; `nil` for a flag, an environment variable or a convention.
    public var file: String?
    /// One-based line in ``file``, when the value has one.
    public var line: Int?
    /// What was read there, or the convention's name, in a few words.
    public var why: String
    /// How sure the detector is, from 0 (a guess) to 1 (written down by the user).
    public var confidence: Double
    /// The value that came second and where it was seen.
    public var runnerUp: String?

    package init(file: String? = nil, line: Int? = nil, why: String, confidence: Double = 1, runnerUp: String? = nil) {
        self.file = file
        self.line = line
        self.why = why
        self.confidence = confidence
        self.runnerUp = runnerUp
    }

    /// `server/Procfile:1`, or the reason alone when there is no file.
    public var location: String {
        guard let file else { return why }
        guard let line else { return file }
        return "\(file):\(line)"
    }
}
