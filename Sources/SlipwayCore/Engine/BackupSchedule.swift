// SPDX-License-Identifier: Apache-2.0

/// What `backup` of `slipway.yml` says about backups that the engine makes by itself.
public struct BackupSettings: Codable, Equatable, Sendable {
    /// `03:30`, UTC.
    public var at: String?
    /// Between two backups.
    public var everyHours: Int?
    /// A folder, `ssh://host/folder` or `s3://bucket/prefix`.
    public var to: String?
    /// Days of which the newest is kept.
    public var daily: Int?
    /// Months of which the newest is kept.
    public var monthly: Int?

    package init() {}
}

/// When the engine makes a backup, and what becomes of old ones. Pure: the time is passed in, in seconds since the Unix
/// epoch.
public struct BackupSchedule: Codable, Equatable, Sendable {
    /// Between two runs, in seconds.
    public var period: Double
    /// Of the first run in a day, in seconds from midnight UTC.
    public var offset: Double
    /// As in ``BackupSettings/to``.
    public var to: String?
    /// As in ``BackupSettings/daily``; 30.
    public var daily: Int
    /// As in ``BackupSettings/monthly``; 12.
    public var monthly: Int
    /// The environment of `slipway.yml` that was deployed.
    public var environment: String?

    private static let day = 86_400.0
    /// After a run that failed; a place that is away for a moment must not cost a day.
    private static let retry = 3600.0
    /// At night in Europe, in the evening in America.
    private static let usualTime = "03:30"

    /// - Returns: `nil` when nothing is to happen by itself, or the time is none.
    package init?(_ settings: BackupSettings?, environment: String?) {
        guard let settings, settings.at != nil || settings.everyHours != nil else { return nil }
        guard let minutes = Self.minutes(settings.at ?? Self.usualTime) else { return nil }
        period = settings.everyHours.map { Double(max($0, 1)) * 3600 } ?? Self.day
        offset = Double(minutes) * 60
        to = settings.to
        daily = settings.daily ?? 30
        monthly = settings.monthly ?? 12
        self.environment = environment
    }

    /// Minutes since midnight of `03:30`.
    package static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let areDigits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: ":")).contains($0) }
        guard areDigits, parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            let hours = Int(parts[0]), let minutes = Int(parts[1]), (0..<24).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        return hours * 60 + minutes
    }

    /// The newest moment at which a run was to begin.
    package func lastDue(at now: Double) -> Double { ((now - offset) / period).rounded(.down) * period + offset }

    /// Whether a run is to begin now: its time has come, nobody was there when it had come, or the last one failed.
    package func isDue(after state: BackupState, at now: Double) -> Bool {
        guard let last = state.lastStart, last <= now else { return true }
        if last < lastDue(at: now) { return true }
        return state.error != nil && now - last >= Self.retry
    }

    /// When the next run begins, if nothing is missed.
    package func next(after state: BackupState, at now: Double) -> Double {
        if isDue(after: state, at: now) { return now }
        let regular = lastDue(at: now) + period
        guard state.error != nil, let last = state.lastStart else { return regular }
        return min(regular, last + Self.retry)
    }
}

/// What has become of the backups that the engine makes by itself; all times in seconds since the Unix epoch.
public struct BackupState: Codable, Equatable, Sendable {
    /// Of the last run.
    public var lastStart: Double?
    /// When a run last came to a proven backup.
    public var lastSuccess: Double?
    /// Of the last run; `nil` when it was good.
    public var error: String?
    /// Since the first one.
    public var runs: Int
    /// Of them, those that failed.
    public var failures: Int
    /// Filled in when somebody asks.
    public var next: Double?
    /// Filled in when somebody asks.
    public var isRunning: Bool?

    package init() {
        runs = 0
        failures = 0
    }
}

extension StatePaths {
    /// ``BackupSchedule`` of the last deploy.
    package static let backupSchedule = "backup.schedule"
    /// ``BackupState`` of the last run.
    package static let backupState = "backup.state"
    /// Held while a backup is made.
    package var backupLock: String { root + "/backup.lock" }
}
