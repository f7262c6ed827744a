// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `slipway check` prints for a folder and for single files.
@Suite(.serialized) struct CheckCommandTests {
    private struct Finding: Decodable {
        let code: String
        let file: String
        let line: Int?
        let column: Int?
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

    @Test func `images are held against the registries and labels that the settings name`() throws {
        let slipway = try Slipway(files: [
            "Dockerfile": "FROM random.com/debian:12\nLABEL url=here\nUSER 1000\n",
            "slipway.yml": """
            check:
              trusted-registries: [docker.io]
              labels: {url: url, version: semver}
              only-labels: true
            """,
        ])
        defer { slipway.cleanUp() }
        for path in [".", "Dockerfile"] {
            let codes = Set(try Self.findings(slipway, path).map(\.code))
            #expect(codes.isSuperset(of: ["DF326", "DF349", "DF352"]) && !codes.contains("DF350"), "\(codes)")
        }
    }

    @Test(.enabled(if: Tools.has("shellcheck"), "shellcheck is not installed"))
    func `what ShellCheck finds in a RUN is shown at the Dockerfile's own line`() throws {
        let slipway = try Slipway(files: [
            "Dockerfile": """
            FROM debian:12
            RUN true \\
              # a note
              && for i in $(ls *.txt); do echo "$i"; done
            RUN <<EOF
            set -e
            [ 1 == 1 -a ]
            EOF
            RUN ["ls", "$(pwd)"]
            SHELL ["powershell"]
            RUN if ( x
            """
        ])
        defer { slipway.cleanUp() }
        let found = try Self.findings(slipway, "Dockerfile")
        #expect(found.contains { $0.code == "SC2045" && $0.line == 4 && $0.column == 15 })
        #expect(found.contains { $0.code.hasPrefix("SC") && $0.line == 7 })
        #expect(!found.contains { $0.code.hasPrefix("SC") && ($0.line ?? 0) > 8 })
    }
}
