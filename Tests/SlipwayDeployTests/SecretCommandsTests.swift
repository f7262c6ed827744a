// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDeploy

struct SecretCommandsTests {
    private func values(_ folder: TemporaryFolder) throws -> [String: String] {
        try SecretStore(StatePaths(applicationDirectory: folder.path)).load().mapValues { $0.reveal() }
    }

    @Test func `what a command prints is kept encrypted, and the next answer takes its place`() async throws {
        let folder = try TemporaryFolder()
        try folder.files.write("first\nvalue\n", to: "vault")
        let commands = SecretCommands(["API_KEY": "cat vault"], directory: folder.path)
        try await commands.refresh()
        #expect(try values(folder) == ["API_KEY": "first\nvalue"])
        #expect(try !folder.files.text(".slipway/secrets.fetched").contains("first"))
        try folder.files.write("second", to: "vault")
        try await commands.refresh()
        #expect(try values(folder) == ["API_KEY": "second"])
        try SecretStore(StatePaths(applicationDirectory: folder.path)).set("API_KEY", to: Secret("by hand"))
        #expect(try values(folder) == ["API_KEY": "by hand"], "somebody said so")
        try await SecretCommands([:], directory: folder.path).refresh()
        #expect(try SecretStore(StatePaths(applicationDirectory: folder.path)).remove("API_KEY"))
        #expect(try values(folder).isEmpty, "a command that is stated no more gives nothing")
    }

    @Test(arguments: ["printf half-of-it; echo not signed in >&2; exit 3", "true", "head -c 70000 /dev/zero"])
    func `a command that fails, says nothing or too much stops the release, and nothing of it is shown`(
        command: String
    ) async throws {
        let folder = try TemporaryFolder()
        try await SecretCommands(["API_KEY": "echo kept"], directory: folder.path).refresh()
        let error = await #expect(throws: SlipwayError.self) {
            try await SecretCommands(["API_KEY": command], directory: folder.path).refresh()
        }
        #expect(error?.code == .missingVariables)
        #expect(error?.details.contains { $0.contains("half-of-it") } == false)
        #expect(try values(folder) == ["API_KEY": "kept"])
    }
}
