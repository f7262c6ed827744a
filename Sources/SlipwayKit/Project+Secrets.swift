// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost

extension Project {
    /// Where a secret's value comes from; never the command line, which every user of the machine can read.
    public enum SecretSource: Sendable {
        /// Everything on standard input, without the line feed at the end.
        case standardInput
        /// Absolute, or relative to the working directory.
        case file(String)
    }

    /// Keeps a value encrypted; the next `up` or `deploy` uses it.
    /// - Throws: ``SlipwayError`` `bad-configuration` for a bad name or no value.
    public func setSecret(_ name: String, from source: SecretSource) throws {
        var bytes: [UInt8]
        switch source {
        case .standardInput: bytes = StandardStreams.readInput()
        case .file(let path):
            guard let full = FileStore.canonical(path), let slash = full.lastIndex(of: "/") else {
                throw SlipwayError(.unreadable, "\(path) does not exist", hint: "ls -l \(ShellWord.quote(path))")
            }
            bytes = try FileStore(root: String(full[..<slash])).read(String(full[full.index(after: slash)...]))
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw SlipwayError(
                .badConfiguration, "\(name) got no value", hint: "slipway secret set \(name) < FILE")
        }
        try SecretStore(paths).set(name, to: Secret(String(decoding: bytes, as: UTF8.self)))
    }

    /// Runs the commands of `slipway.yml` that print values, and keeps these encrypted.
    /// - Throws: ``SlipwayError`` `missing-variables` when one of them fails.
    func askForSecrets(_ detected: Detected) async throws {
        try await SecretCommands(detected.variableCommands, directory: directory).refresh()
    }

    /// The names of the kept secrets, sorted; never their values.
    public func secrets() throws -> [String] { try SecretStore(paths).names() }

    /// Forgets a secret.
    /// - Throws: ``SlipwayError`` `bad-configuration` when there is none of this name.
    public func removeSecret(_ name: String) throws {
        guard try SecretStore(paths).remove(name) else {
            throw SlipwayError(.badConfiguration, "there is no secret \(name)", hint: "slipway secret list")
        }
    }
}
