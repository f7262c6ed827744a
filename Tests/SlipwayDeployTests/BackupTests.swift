// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

struct BackupTests {
    @Test func `the newest of each day and month stays, and the newest proven one`() {
        let ids = [
            "20250101T000000Z", "20261001T000000Z", "20261119T000000Z", "20261120T000000Z", "20261120T120000Z",
            "20261121T000000Z",
        ]
        let retention = BackupRetention(daily: 2, monthly: 2)
        #expect(
            retention.superfluous(ids, newestProven: "20261119T000000Z") == ["20250101T000000Z", "20261120T000000Z"])
        #expect(retention.superfluous([], newestProven: nil) == [])
        #expect(BackupRetention(daily: 0, monthly: 0).superfluous(ids, newestProven: nil) == Array(ids.dropLast()))
    }

    @Test(arguments: [
        (["a": 3], nil), (["a": 4], nil), (["a": 5], "a has 5 rows in the copy and had 3 to 4"),
        (["a": 2], "a has 2 rows in the copy and had 3 to 4"), ([:], "a is not in the copy"),
        (["a": 3, "b": 0], "b is in the copy and was not in db"),
    ])
    func `a copy with other rows than were there is not whole`(restored: [String: Int], expected: String?) {
        let item = BackupManifest.Item(kind: .postgres, name: "db", file: "db.dump", rows: ["a": [3, 4]])
        #expect(item.difference(to: restored) == expected)
    }
}
