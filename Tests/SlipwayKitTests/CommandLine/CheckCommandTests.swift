// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `slipway check` prints for a folder and for single files.
@Suite(.serialized) struct CheckCommandTests {
    private struct Finding: Decodable {
        let code: String
        let file: String
        let line: Int?
    }

    private static func findings(_ slipway: Slipway, _ arguments: String...) throws -> [Finding] {
        let result = try slipway.runAll(["check", "--format", "json"] + arguments)
        return try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
    }

    @Test func `settings hold for the folder and for single files alike`() throws {
        let slipway = try Slipway(files: [
            "Dockerfile": "FROM debian\nUSER 1000\n", "slipway.yml": "check:\n  rules:\n    DL3006: off\n",
        ])
        defer { slipway.cleanUp() }
        for arguments in [["."], ["Dockerfile"]] {
            let codes = try slipway.runAll(["check", "--format", "json"] + arguments).output
            #expect(!codes.contains("DF306"), "\(arguments)")
            #expect(codes.contains("DF357"), "\(arguments)")
        }
    }

    @Test(.enabled(if: Tools.has("shellcheck"), "shellcheck is not installed"))
    func `what ShellCheck finds is shown once, under its own code when we have none`() throws {
        let slipway = try Slipway(files: [
            "run.sh":
                "#!/bin/bash\nset -eu\nfor name in $(ls *.txt); do\n  [ \"$name\" == 5 ] && local a=1\ndone\ncd $1\n",
            "quiet.sh": "#!/bin/bash\nset -eu\n# shellcheck disable=SC2168\nlocal a=1\n",
        ])
        defer { slipway.cleanUp() }
        let found = try Self.findings(slipway, ".")
        #expect(found.contains { $0.code == "SC2168" && $0.file == "run.sh" && $0.line == 4 })
        #expect(!found.contains { $0.code == "SC2168" && $0.file == "quiet.sh" })
    }
}
