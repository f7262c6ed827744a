// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost

/// Where backups are kept when not on this machine. Each backup is a folder of a few files.
package protocol BackupPlace: Sendable {
    /// Names of backups that are whole, in any order.
    func identifiers() async throws -> [String]
    /// - Parameter file: Absolute path on this machine.
    func send(_ file: String, as name: String, of backup: String) async throws
    func fetch(_ name: String, of backup: String, to file: String) async throws
    func remove(_ backup: String) async throws
}

/// A folder of another machine, through `ssh` and `scp` as the person has set them up.
package struct SSHPlace: BackupPlace {
    /// A backup of some gigabytes over a slow line.
    private static let deadline = Duration.seconds(6 * 3600)
    private static let options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=20"]

    let host: String
    let port: String?
    let folder: String
    let runner: any CommandRunner

    /// - Parameter text: `ssh://user@host:22/absolute/folder`; `nil` for anything else.
    package init?(_ text: String, runner: any CommandRunner = LocalRunner()) {
        guard text.hasPrefix("ssh://") else { return nil }
        let rest = text.dropFirst("ssh://".count)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let machine = rest[..<slash]
        let isPlain = machine.allSatisfy { $0.isLetter || $0.isNumber || "@.:_-".contains($0) }
        guard !machine.isEmpty, isPlain, !machine.hasPrefix("-") else { return nil }
        let parts = machine.split(separator: ":")
        host = String(parts[0])
        port = parts.count > 1 ? String(parts[1]) : nil
        folder = String(rest[slash...])
        self.runner = runner
    }

    package func identifiers() async throws -> [String] {
        let path = ShellWord.quote(folder)
        let text = try await ssh("mkdir -p \(path) && cd \(path) && ls -d */manifest.json 2>/dev/null || true")
        return text.split(separator: "\n").compactMap { $0.split(separator: "/").first.map(String.init) }
    }

    package func send(_ file: String, as name: String, of backup: String) async throws {
        let target = "\(folder)/\(backup)"
        _ = try await ssh("mkdir -p -m 700 \(ShellWord.quote(target))")
        let part = "\(target)/\(name).part"
        try await copy([file, "\(host):\(part)"])
        _ = try await ssh("mv \(ShellWord.quote(part)) \(ShellWord.quote("\(target)/\(name)"))")
    }

    package func fetch(_ name: String, of backup: String, to file: String) async throws {
        try await copy(["\(host):\(folder)/\(backup)/\(name)", file])
    }

    package func remove(_ backup: String) async throws {
        _ = try await ssh("rm -rf \(ShellWord.quote("\(folder)/\(backup)"))")
    }

    private func ssh(_ text: String) async throws -> String {
        let words = Self.options + (port.map { ["-p", $0] } ?? []) + [host, text]
        return try await run("ssh", words).standardOutput
    }

    private func copy(_ words: [String]) async throws {
        _ = try await run("scp", ["-q"] + Self.options + (port.map { ["-P", $0] } ?? []) + words)
    }

    private func run(_ program: String, _ words: [String]) async throws -> CommandResult {
        let result = try await runner.run(Command(program, words, deadline: Self.deadline))
        guard result.succeeded else {
            throw SlipwayError(
                .backupFailed, "\(program) to \(host) \(result.end)", hint: "ssh \(host) ls \(ShellWord.quote(folder))",
                details: result.lastLines(5))
        }
        return result
    }
}

/// A bucket of S3 or of anything that speaks its protocol, through `curl`, which signs requests itself.
package struct S3Place: BackupPlace {
    private static let deadline = Duration.seconds(6 * 3600)
    /// Of an empty body.
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    package static let variables = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",
    ]

    let base: String
    let prefix: String
    let region: String
    private let keyID: String
    private let key: Secret
    private let session: Secret?
    let runner: any CommandRunner

    /// - Parameters:
    ///   - text: `s3://bucket/prefix`.
    ///   - values: Of ``variables``, as all of Amazon's own tools read them.
    /// - Returns: `nil` for an address of another kind.
    /// - Throws: ``SlipwayError`` `missingVariables` without credentials.
    package init?(_ text: String, values: [String: String], runner: any CommandRunner = LocalRunner()) throws {
        guard text.hasPrefix("s3://") else { return nil }
        let parts = text.dropFirst("s3://".count).split(separator: "/")
        guard let bucket = parts.first, bucket.allSatisfy({ $0.isLetter || $0.isNumber || ".-".contains($0) }) else {
            return nil
        }
        guard let keyID = values["AWS_ACCESS_KEY_ID"], let key = values["AWS_SECRET_ACCESS_KEY"] else {
            throw SlipwayError(
                .missingVariables, "2 required variables have no value: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
                hint: "export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...")
        }
        region = values["AWS_REGION"] ?? values["AWS_DEFAULT_REGION"] ?? "us-east-1"
        let endpoint = values["AWS_ENDPOINT_URL_S3"] ?? values["AWS_ENDPOINT_URL"]
        base =
            endpoint.map { "\($0.hasSuffix("/") ? String($0.dropLast()) : $0)/\(bucket)" }
            ?? "https://\(bucket).s3.\(region).amazonaws.com"
        prefix = parts.dropFirst().map { $0 + "/" }.joined()
        self.keyID = keyID
        self.key = Secret(key)
        session = values["AWS_SESSION_TOKEN"].map { Secret($0) }
        self.runner = runner
    }

    package func identifiers() async throws -> [String] {
        try await keys(below: prefix).filter { $0.hasSuffix("/manifest.json") }.compactMap { key in
            key.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
        }
    }

    package func send(_ file: String, as name: String, of backup: String) async throws {
        let slash = file.lastIndex(of: "/") ?? file.startIndex
        let bytes = try FileStore(root: String(file[..<slash])).read(String(file[file.index(after: slash)...]))
        let address = "\(base)/\(Self.encoded(prefix + backup + "/" + name))"
        try await curl(["--upload-file", file, address], hash: Digest.sha256(bytes))
    }

    package func fetch(_ name: String, of backup: String, to file: String) async throws {
        try await curl(["--output", file, "\(base)/\(Self.encoded(prefix + backup + "/" + name))"])
    }

    package func remove(_ backup: String) async throws {
        // The manifest last: a backup without one is none.
        let keys = try await keys(below: prefix + backup + "/").sorted { left, _ in !left.hasSuffix("manifest.json") }
        for key in keys { try await curl(["--request", "DELETE", "\(base)/\(Self.encoded(key))"]) }
    }

    private func keys(below prefix: String) async throws -> [String] {
        var keys: [String] = []
        var token: String?
        while true {
            // In this order: what is signed must be sorted.
            let next = token.map { "continuation-token=\(Self.encoded($0, alsoSlash: true))&" } ?? ""
            let query = "\(next)list-type=2&prefix=\(Self.encoded(prefix, alsoSlash: true))"
            let text = try await curl(["\(base)/?\(query)"])
            keys += Self.values(of: "Key", in: text)
            token = Self.values(of: "NextContinuationToken", in: text).first
            guard token != nil, keys.count < 100_000 else { return keys }
        }
    }

    /// Contents of each element of a name, with the five entities of XML resolved.
    static func values(of name: String, in text: String) -> [String] {
        text.split(separator: "<\(name)>").dropFirst().compactMap { part in
            guard let end = part.firstRange(of: "</\(name)>") else { return nil }
            let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
            return entities.reduce(String(part[..<end.lowerBound])) { $0.replacing($1.0, with: $1.1) }
        }
    }

    static func encoded(_ text: String, alsoSlash: Bool = false) -> String {
        text.utf8.map { byte -> String in
            let scalar = UnicodeScalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain || "-_.~".unicodeScalars.contains(scalar) || (byte == 0x2F && !alsoSlash) {
                return String(Character(scalar))
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// The credentials travel on standard input, never in the arguments.
    @discardableResult
    private func curl(_ words: [String], hash: String = Self.emptyHash) async throws -> String {
        var configuration = "user = \"\(keyID):\(key.reveal())\"\n"
        if let session { configuration += "header = \"x-amz-security-token: \(session.reveal())\"\n" }
        let result = try await runner.run(
            Command(
                "curl",
                [
                    "--config", "-", "--silent", "--show-error", "--fail", "--globoff", "--connect-timeout", "20",
                    "--retry", "3", "--aws-sigv4", "aws:amz:\(region):s3", "--header", "x-amz-content-sha256: \(hash)",
                ] + words, input: Secret(configuration), deadline: Self.deadline))
        guard result.succeeded else {
            throw SlipwayError(
                .backupFailed, "\(base) does not take or give the backup", hint: "slipway backup list --to s3://...",
                details: result.lastLines(5))
        }
        return result.standardOutput
    }
}
