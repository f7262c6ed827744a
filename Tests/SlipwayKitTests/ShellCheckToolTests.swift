// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayKit

struct ShellCheckToolTests {
    @Test func `a ShellCheck that does not end is stopped, and an info says so`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-shellcheck-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "shellcheck").path
        try "#!/bin/sh\nexec sleep 60\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let tool = ShellCheckTool(executable: program, deadline: .milliseconds(200))
        let found = await tool.findings(in: ["a.sh"], of: folder.path)
        #expect(found.map(\.code) == ["SC0000"] && found.first?.severity == .info && found.first?.file == "a.sh")
    }
}
