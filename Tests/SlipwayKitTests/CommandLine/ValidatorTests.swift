// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Other people's tools about the files that are written.
@Suite(.serialized) struct ValidatorTests {
    /// A program's exit status and what it said.
    private func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, text: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private func writing(_ example: String, _ targets: String, test: (URL) throws -> Void) throws {
        let slipway = try Slipway(example: example)
        defer { slipway.cleanUp() }
        #expect(try slipway.run("write", "--target", targets).status == 0)
        try test(slipway.folder)
    }

    @Test(
        .enabled(if: Tools.has("shellcheck"), "shellcheck is not installed"), arguments: ["pm", "helpdesk", "triggers"])
    func `shellcheck has nothing to say about the scripts, and each explains itself`(_ example: String) throws {
        try writing(example, "docker,fly,vps") { folder in
            let scripts = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("scripts").path
            ).filter { $0.hasSuffix(".sh") }.map { "scripts/\($0)" }.sorted()
            #expect(scripts.count >= 7)
            let found = try run(["shellcheck"] + scripts, in: folder)
            #expect(found.status == 0, "\(found.text)")
            for script in scripts {
                let help = try run(["bash", script, "--help"], in: folder)
                #expect(help.status == 0 && help.text.contains("Usage: \(script)"), "\(script): \(help.text)")
            }
        }
    }

    @Test(.enabled(if: Tools.has("promtool"), "promtool is not installed"), arguments: ["pm", "triggers"])
    func `promtool takes the scrape configuration and the alerts`(_ example: String) throws {
        try writing(example, "observability") { folder in
            let place = folder.appendingPathComponent("deploy/observability")
            let found = try run(["promtool", "check", "config", "prometheus.yml"], in: place)
            #expect(found.status == 0, "\(found.text)")
        }
    }
}
