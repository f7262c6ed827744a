// SPDX-License-Identifier: Apache-2.0

/// What was measured about one claim on the built or running application.
public struct Proof: Codable, Equatable, Sendable {
    /// How the measurement compares with the limit.
    public enum Verdict: String, Codable, Sendable { case pass, fail, skip }

    /// Stable: `PR001`.
    public var code: String
    /// What should be true, as a sentence.
    public var claim: String
    /// The service or image it is about; `nil` for the whole application.
    public var service: String?
    /// What was measured, with its unit.
    public var value: String
    /// What the value is held against; empty when there is nothing to compare.
    public var limit: String
    /// How they compare; a skipped proof says in ``value`` why.
    public var verdict: Verdict
    /// Lines that show it: commands' answers, paths, log lines. Never a secret.
    public var evidence: [String]
    /// What most likely causes a failure and what to do about it.
    public var diagnosis: String?
    /// How long measuring took.
    public var seconds: Double

    package init(
        code: String, claim: String, service: String? = nil, value: String, limit: String = "", verdict: Verdict,
        evidence: [String] = [], diagnosis: String? = nil, seconds: Double = 0
    ) {
        self.code = code
        self.claim = claim
        self.service = service
        self.value = value
        self.limit = limit
        self.verdict = verdict
        self.evidence = evidence
        self.diagnosis = diagnosis
        self.seconds = seconds
    }

    private enum CodingKeys: String, CodingKey {
        case code, claim, service, value, limit, verdict, evidence, diagnosis, seconds
    }

    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(claim, forKey: .claim)
        try container.encode(service, forKey: .service)
        try container.encode(value, forKey: .value)
        try container.encode(limit, forKey: .limit)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(evidence, forKey: .evidence)
        try container.encode(diagnosis, forKey: .diagnosis)
        try container.encode(seconds, forKey: .seconds)
    }
}
