// SPDX-License-Identifier: Apache-2.0

/// Which backups stay. Pure.
package struct BackupRetention: Equatable, Sendable {
    /// The newest of each of so many days.
    package var daily: Int
    /// The newest of each of so many months.
    package var monthly: Int

    package init(daily: Int = 30, monthly: Int = 12) {
        self.daily = daily
        self.monthly = monthly
    }

    /// - Parameter ids: As in ``BackupManifest/id``, so that text order is time's.
    /// - Returns: Those that may go, oldest first. The newest always stays, and so does the newest proven one.
    package func superfluous(_ ids: [String], newestProven: String?) -> [String] {
        let newestFirst = ids.sorted(by: >)
        var kept = Set([newestFirst.first, newestProven].compactMap(\.self))
        for (length, count) in [(8, daily), (6, monthly)] {
            var seen: Set<Substring> = []
            for id in newestFirst where seen.count < count || seen.contains(id.prefix(length)) {
                if seen.insert(id.prefix(length)).inserted { kept.insert(id) }
            }
        }
        return newestFirst.reversed().filter { !kept.contains($0) }
    }
}
