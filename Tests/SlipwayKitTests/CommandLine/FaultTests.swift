// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What goes wrong around a deploy, on real processes, databases and disks. The script takes more points when a person
/// runs it; a few of each kind are enough to notice that something broke.
@Suite(.serialized, .enabled(if: Tools.has("python3"), "python3"))
struct FaultTests {
    @Test func `a release that eats its memory is sent back`() throws { try Self.expectNothingElse("memory") }

    @Test(
        .enabled(if: Tools.hasPostgres && Tools.has("psql"), "PostgreSQL: apt-get install postgresql"),
        arguments: ["half", "lock", "database"])
    func `a migration that fails or locks, and a database that dies, cost no request`(_ fault: String) throws {
        try Self.expectNothingElse(fault)
    }

    @Test(.enabled(if: getuid() == 0, "root, to make a small disk"))
    func `a full disk ends a deploy and loses nothing`() throws { try Self.expectNothingElse("disk") }

    @Test(.enabled(if: Tools.has("cc"), "a C compiler"))
    func `a clock that is set back and forth changes nothing`() throws { try Self.expectNothingElse("clock") }

    /// The application must serve, the next deploy must end well, and no request may be lost that the fault itself did
    /// not take.
    static func expectNothingElse(_ fault: String) throws {
        let environment = ["SLIPWAY": Slipway.executable.path, "EVERY": "8"]
        let script = Slipway.project.appendingPathComponent("Benchmarks/releases/faults").path
        let result = try Background.run(
            "/usr/bin/env", ["python3", script, fault], in: Slipway.project, environment: environment)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("; clean") && !result.output.contains("left out"), "\(result.output)")
    }
}
