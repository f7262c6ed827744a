// SPDX-License-Identifier: Apache-2.0

/// Everything that one `slipway prove` measured; valid against `Schemas/proof-report.schema.json`.
public struct ProofReport: Codable, Equatable, Sendable {
    /// One built image.
    public struct Image: Codable, Equatable, Sendable {
        /// One layer, in the order of the image.
        public struct Layer: Codable, Equatable, Sendable {
            /// Uncompressed.
            public var sizeInBytes: Int
            /// The instruction that made it, shortened.
            public var createdBy: String
            /// Whether it comes from the base image.
            public var isBase: Bool

            package init(sizeInBytes: Int, createdBy: String, isBase: Bool) {
                self.sizeInBytes = sizeInBytes
                self.createdBy = createdBy
                self.isBase = isBase
            }
        }
        /// With its tag.
        public var name: String
        /// The service it is built for.
        public var service: String
        /// What its final stage stands on.
        public var base: String
        /// All layers, uncompressed.
        public var sizeInBytes: Int
        /// The layers that the Dockerfile adds to the base.
        public var ownSizeInBytes: Int
        /// Bytes that a later layer hides or writes again.
        public var wastedBytes: Int
        /// See ``Layer``.
        public var layers: [Layer]

        package init(
            name: String, service: String, base: String, sizeInBytes: Int, ownSizeInBytes: Int, wastedBytes: Int,
            layers: [Layer]
        ) {
            self.name = name
            self.service = service
            self.base = base
            self.sizeInBytes = sizeInBytes
            self.ownSizeInBytes = ownSizeInBytes
            self.wastedBytes = wastedBytes
            self.layers = layers
        }
    }

    /// One stretch of the run, for the timeline.
    public struct Span: Codable, Equatable, Sendable {
        /// `build server`, `start db`.
        public var name: String
        /// Counted from the beginning of the run.
        public var startSeconds: Double
        /// See ``startSeconds``.
        public var endSeconds: Double

        package init(name: String, startSeconds: Double, endSeconds: Double) {
            self.name = name
            self.startSeconds = startSeconds
            self.endSeconds = endSeconds
        }
    }

    /// One node of the architecture picture.
    public struct Part: Codable, Equatable, Sendable {
        /// The service's or resource's name in the Compose project.
        public var name: String
        /// `gateway`, `service`, `resource` or `task`.
        public var kind: String
        /// `python, fastapi`, `postgres:15-alpine`.
        public var detail: String
        /// Names of the parts it needs.
        public var needs: [String]
        /// Highest memory seen, where measured.
        public var peakMemoryInBytes: Int?
        /// Milliseconds of the requests of the load, sorted; empty where none was sent.
        public var latencies: [Double]

        package init(
            name: String, kind: String, detail: String, needs: [String], peakMemoryInBytes: Int? = nil,
            latencies: [Double] = []
        ) {
            self.name = name
            self.kind = kind
            self.detail = detail
            self.needs = needs
            self.peakMemoryInBytes = peakMemoryInBytes
            self.latencies = latencies
        }
    }

    /// The application's name.
    public var application: String
    /// The commit that was proven; `nil` outside git.
    public var commit: String?
    /// The container engine and its version.
    public var engine: String
    /// UTC, RFC 3339.
    public var startedAt: String
    /// Of the whole run.
    public var durationSeconds: Double
    /// `fail` when one proof fails.
    public var verdict: Proof.Verdict
    /// In the order of the catalog.
    public var proofs: [Proof]
    /// Images that were built.
    public var images: [Image]
    /// What took how long.
    public var timeline: [Span]
    /// What the application is made of.
    public var parts: [Part]

    package init(
        application: String, commit: String?, engine: String, startedAt: String, durationSeconds: Double,
        proofs: [Proof], images: [Image], timeline: [Span], parts: [Part]
    ) {
        self.application = application
        self.commit = commit
        self.engine = engine
        self.startedAt = startedAt
        self.durationSeconds = durationSeconds
        self.proofs = proofs
        self.images = images
        self.timeline = timeline
        self.parts = parts
        let isProven = proofs.contains { $0.verdict == .pass } && !proofs.contains { $0.verdict == .fail }
        verdict = isProven ? .pass : proofs.contains { $0.verdict == .fail } ? .fail : .skip
    }

    /// How many proofs have this verdict.
    public func count(_ verdict: Proof.Verdict) -> Int { proofs.count { $0.verdict == verdict } }
}
