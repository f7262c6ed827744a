// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// Values that people gave to be kept: encrypted on the disk, each under its own name.
///
/// The key is beside them with mode 0600, or in the environment, for machines whose disk is not to be trusted.
package struct SecretStore: Sendable {
    /// Takes the key's place: 64 hexadecimal digits.
    package static let keyVariable = "SLIPWAY_SECRET_KEY"
    private static let path = "secrets.sealed"
    /// What programs gave, in a file of its own: a value that somebody set by hand is stronger.
    private static let fetchedPath = "secrets.fetched"
    private static let keyPath = "secrets.key"

    private let files: FileStore

    package init(_ paths: StatePaths) { files = FileStore(root: paths.root) }

    /// Sorted.
    package func names() throws -> [String] { try sealed().keys.sorted() }

    /// All of them, in the clear: for the processes that need them. Those that programs gave are among them.
    /// - Throws: ``SlipwayError`` `unreadable` when the key does not fit.
    package func load() throws -> [String: Secret] {
        try open(try sealed(Self.fetchedPath)).merging(try open(try sealed())) { $1 }
    }

    private func open(_ sealed: [String: String]) throws -> [String: Secret] {
        guard !sealed.isEmpty else { return [:] }
        guard let box = try box() else {
            throw SlipwayError(
                .unreadable, "\(files.root)/\(Self.keyPath) is gone, and the secrets cannot be read without it",
                hint: "put it back, or set \(Self.keyVariable)")
        }
        var values: [String: Secret] = [:]
        for (name, text) in sealed { values[name] = try box.open(text, context: name) }
        return values
    }

    /// Keeps a value, in place of an earlier one of the same name.
    /// - Throws: ``SlipwayError`` `badConfiguration` for a name that no variable has.
    package func set(_ name: String, to value: Secret) throws {
        let isName = !name.isEmpty && name.utf8.allSatisfy { Self.isNamed($0) } && name.first?.isNumber == false
        guard isName else {
            throw SlipwayError(
                .badConfiguration, "'\(name)' is no variable's name: letters, digits and underscores",
                hint: "slipway secret set API_KEY")
        }
        let box = try boxForWriting()
        var sealed = try sealed()
        sealed[name] = try box.seal(value, context: name)
        try write(sealed, to: Self.path)
    }

    /// Keeps what programs gave, in place of all that they gave before.
    func keep(fetched values: [String: Secret]) throws {
        guard !values.isEmpty else {
            if files.exists(Self.fetchedPath) { try files.remove(Self.fetchedPath) }
            return
        }
        let box = try boxForWriting()
        var sealed: [String: String] = [:]
        for (name, value) in values { sealed[name] = try box.seal(value, context: name) }
        try write(sealed, to: Self.fetchedPath)
    }

    /// With a new key when there is none.
    private func boxForWriting() throws -> SealedBox {
        try files.makeDirectory()
        if !files.exists(".gitignore") { try files.write("*\n", to: ".gitignore") }
        if let known = try box() { return known }
        let key = RandomToken.hex(bytes: 32)
        try files.write(key + "\n", to: Self.keyPath, mode: 0o600)
        return try SealedBox(key: Secret(key))
    }

    /// - Returns: Whether it was there.
    package func remove(_ name: String) throws -> Bool {
        var sealed = try sealed()
        guard sealed.removeValue(forKey: name) != nil else { return false }
        try write(sealed, to: Self.path)
        return true
    }

    private static func isNamed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private func box() throws -> SealedBox? {
        if let given = ProcessVariables.value(of: Self.keyVariable) { return try SealedBox(key: Secret(given)) }
        guard files.exists(Self.keyPath) else { return nil }
        let full = try files.resolve(Self.keyPath)
        if let mode = Ownership.of(full)?.mode, mode & 0o077 != 0 {
            throw SlipwayError(
                .unreadable, "\(full) can be read by others", hint: "chmod 600 \(ShellWord.quote(full))")
        }
        return try SealedBox(key: Secret(try files.text(Self.keyPath)))
    }

    private func sealed(_ path: String = Self.path) throws -> [String: String] {
        guard files.exists(path) else { return [:] }
        var sealed: [String: String] = [:]
        for line in try files.text(path).split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            sealed[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return sealed
    }

    private func write(_ sealed: [String: String], to path: String) throws {
        let lines = sealed.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        try files.write(lines.joined(), to: path, mode: 0o600)
    }
}
