// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values that a program knows (1Password, Vault, AWS, pass, ...): asked for before a release is made, and kept
/// encrypted, so that what comes back by itself after a crash needs nobody who is signed in.
package struct SecretCommands: Sendable {
    /// Somebody may have to touch a key or type a word.
    private static let deadline = Duration.seconds(120)
    /// A certificate with its chain has some 10 KB; what is larger is no value of a variable.
    private static let largest = 64 << 10

    /// Shell commands by variable.
    let commands: [String: String]
    /// The repository, where they run.
    let directory: String

    package init(_ commands: [String: String], directory: String) {
        self.commands = commands
        self.directory = directory
    }

    /// Runs all of them and keeps what they print.
    /// - Throws: ``SlipwayError`` `missingVariables` when one fails or prints nothing; what was kept before stays.
    package func refresh() async throws {
        let store = SecretStore(StatePaths(applicationDirectory: directory))
        let values = try await withThrowingTaskGroup(of: (String, Secret).self) { group in
            for (name, command) in commands { group.addTask { (name, try await value(of: name, command)) } }
            var values: [String: Secret] = [:]
            for try await (name, value) in group { values[name] = value }
            return values
        }
        try store.keep(fetched: values)
    }

    private func value(of name: String, _ text: String) async throws -> Secret {
        let output = Mutex<[UInt8]>([])
        let command = Command("/bin/sh", ["-c", text], directory: directory, deadline: Self.deadline)
        let result = try await LocalRunner().stream(command) { bytes in
            try output.withLock { output in
                output += bytes
                guard output.count <= Self.largest else {
                    throw SlipwayError(
                        .missingVariables, "the command for \(name) prints more than \(Self.largest >> 10) KB",
                        hint: "state one that prints the value alone: \(text)")
                }
            }
        }
        // Its standard output is never shown, not even when it fails: half of a secret is one too.
        guard result.succeeded else {
            throw SlipwayError(
                .missingVariables, "the command for \(name) \(result.end)",
                hint: "run it in \(directory): \(text)", details: result.lastLines(5))
        }
        var bytes = output.withLock { $0 }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw SlipwayError(
                .missingVariables, "the command for \(name) prints nothing", hint: "run it in \(directory): \(text)")
        }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }
}
