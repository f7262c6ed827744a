// SPDX-License-Identifier: Apache-2.0

/// What kind of process a service is; it decides how the service is built, routed and probed.
public enum Role: String, Codable, CaseIterable, Sendable {
    /// Answers HTTP for programs: an API or a server-rendered site without a browser build.
    case backend
    /// A browser bundle served as files, with client-side routes.
    case spa
    /// Renders pages on a server that must keep running (Next.js, Nuxt, SvelteKit with a server adapter).
    case ssr
    /// Runs without a port: queues, consumers, schedulers.
    case worker
    /// Files served as they are, or built once, without client-side routes.
    case `static`
    /// Started by a schedule, ends by itself.
    case cron

    /// Whether the edge serves this service's files itself instead of proxying to a process.
    public var isServedFromFiles: Bool { self == .spa || self == .static }
    /// Whether the service is expected to answer HTTP on a port of its own.
    public var listens: Bool { self == .backend || self == .ssr }
}
