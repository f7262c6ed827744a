// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Only `SlipwayHost` reaches the machine; the engine may besides use its event loops.
struct PurityTests {
    static let pure = [
        "SlipwayCore", "SlipwayDetect", "SlipwayFiles", "SlipwayDeploy", "SlipwayOperate", "SlipwayKit", "SlipwayCLI",
    ]

    static let doors = [
        "import Glibc", "import Darwin", "import Musl", "import Subprocess", "import SystemPackage", "import System",
        "import Dispatch", "import NIO", "import CSlipwayHost",
        "FileManager", "FileHandle", "ProcessInfo", "Process()", "Date()", "Date.now", "URLSession",
        "ContinuousClock()", "ContinuousClock.now", "SuspendingClock", "Task.sleep", "Thread.sleep",
        "contentsOfFile", "contentsOf: URL", "getenv(", "fopen(", "gettimeofday", "clock_gettime",
        "readLine(", "exit(1)", "abort()",
    ]

    @Test(arguments: pure)
    func `nothing outside the host touches processes, files, the clock or the network`(_ target: String) throws {
        for path in Repository.files(under: "Sources/\(target)") {
            for line in try Repository.code(path) {
                for door in Self.doors where line.text.contains(door) {
                    Issue.record("\(path):\(line.number) uses \(door); ask SlipwayHost for it")
                }
            }
        }
    }

    @Test func `the engine reaches files and processes through the host only`() throws {
        let allowed = [
            "import NIO", "import Dispatch", "import Glibc", "import Musl", "import Darwin", "ContinuousClock",
            "Task.sleep",
        ]
        let forbidden = Self.doors.filter { door in !allowed.contains { door.hasPrefix($0) } }
        for path in Repository.files(under: "Sources/SlipwayEngine") {
            for line in try Repository.code(path) {
                // What a channel sends a file with; it is opened by the host.
                let text = line.text.replacingOccurrences(of: "NIOFileHandle", with: "")
                for door in forbidden where text.contains(door) {
                    Issue.record("\(path):\(line.number) uses \(door); ask SlipwayHost for it")
                }
            }
        }
    }

    @Test func `no input can stop the process: no force unwrap of results, no fatalError`() throws {
        for path in Repository.files(under: "Sources") {
            for line in try Repository.code(path) where line.text.contains("fatalError(") || line.text.contains("try!")
            {
                Issue.record("\(path):\(line.number): \(line.text.trimmingCharacters(in: .whitespaces))")
            }
        }
    }
}
