// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Generated values of one application, one `NAME=value` a line, readable by their owner only.
package struct SecretFile: Sendable {
    private let files: FileStore
    private let path: String

    /// - Parameter path: Relative to the store.
    package init(_ files: FileStore, path: String) {
        self.files = files
        self.path = path
    }

    /// What an earlier run kept; nothing when there was none.
    /// - Throws: ``SlipwayError`` `unreadable` when the file is there but others may read it, because then its values
    ///   are no secrets any more.
    package func load() throws -> [String: Secret] {
        guard files.exists(path) else { return [:] }
        let full = try files.resolve(path)
        if let mode = Ownership.of(full)?.mode, mode & 0o077 != 0 {
            throw SlipwayError(
                .unreadable, "\(full) can be read by others", hint: "chmod 600 \(ShellWord.quote(full))")
        }
        var secrets: [String: Secret] = [:]
        for line in try files.text(path).split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            secrets[String(line[..<equals])] = Secret(String(line[line.index(after: equals)...]))
        }
        return secrets
    }

    /// Keeps more values beside those that are there.
    package func add(_ secrets: [String: Secret]) throws {
        guard !secrets.isEmpty else { return }
        let all = try load().merging(secrets) { $1 }.sorted { $0.key < $1.key }
        let lines = all.map { "\($0.key)=\($0.value.reveal())\n" }
        try files.write(
            "# Generated for this machine. Delete a line to have a new value.\n" + lines.joined(), to: path, mode: 0o600
        )
    }
}
