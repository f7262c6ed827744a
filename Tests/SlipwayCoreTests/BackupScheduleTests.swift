// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayCore

struct BackupScheduleTests {
    private static let hour = 3600.0
    /// A midnight, UTC.
    private static let midnight = 86_400.0 * 20_000

    private func schedule(_ change: (inout BackupSettings) -> Void) -> BackupSchedule? {
        var settings = BackupSettings()
        change(&settings)
        return BackupSchedule(settings, environment: nil)
    }

    private func state(_ hours: Double?, error: String? = nil) -> BackupState {
        var state = BackupState()
        state.lastStart = hours.map { Self.midnight + $0 * Self.hour }
        state.error = error
        return state
    }

    @Test func `nothing happens by itself unless a time is stated`() {
        #expect(BackupSchedule(nil, environment: nil) == nil)
        #expect(schedule { $0.to = "s3://b" } == nil)
        #expect(schedule { $0.at = "25:00" } == nil)
        #expect(schedule { $0.everyHours = 6 }?.period == 6 * Self.hour)
        #expect(schedule { $0.at = "00:00" }?.daily == 30 && schedule { $0.at = "00:00" }?.monthly == 12)
    }

    @Test(arguments: [
        ("03:30", 210), ("3:30", 210), ("00:00", 0), ("23:59", 1439), ("24:00", nil), ("3:5", nil), ("", nil),
        ("03:60", nil), ("-1:00", nil), ("03:30:00", nil), ("210", nil), ("+3:30", nil),
    ])
    func `a time of day is hours and minutes`(_ text: String, _ minutes: Int?) {
        #expect(BackupSchedule.minutes(text) == minutes)
    }

    @Test(arguments: [
        // Hours after a midnight of: the last run, now; whether it failed; whether a run is due; hours to the next.
        (nil, 1.0, false, true, 0.0), (-20.5, 1.0, false, false, 2.5), (-20.5, 3.4, false, false, 0.1),
        (-20.5, 3.5, false, true, 0), (-20.5, 20, false, true, 0), (3.5, 4, false, false, 23.5),
        (-68.5, 1.0, false, true, 0), (3.5, 4, true, false, 0.5), (3.5, 4.5, true, true, 0), (5, 4, false, true, 0),
    ])
    func `a run is made when its time has come, was missed, failed an hour ago, or the clock was set back`(
        last: Double?, now: Double, failed: Bool, isDue: Bool, hoursLeft: Double
    ) throws {
        let schedule = try #require(schedule { $0.at = "03:30" })
        let state = state(last, error: failed ? "no" : nil)
        let time = Self.midnight + now * Self.hour
        #expect(schedule.isDue(after: state, at: time) == isDue)
        #expect(abs(schedule.next(after: state, at: time) - time - hoursLeft * Self.hour) < 1)
    }
}
