// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Copies of one PostgreSQL database in pg_dump's custom format.
struct PostgresBackup: Sendable {
    private static let deadline = Duration.seconds(3600)
    /// Every table that people's rows are in, with its number of rows.
    private static let counting = """
        SELECT format('SELECT %L, count(*) FROM %I.%I;', schemaname || '.' || tablename, schemaname, tablename)
        FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1\\gexec
        """

    let binaries: PostgresBinaries
    let address: ResourceAddress
    let runner: any CommandRunner

    func dump(to file: String) async throws {
        try await run("pg_dump", ["-Fc", "--no-owner", "--no-acl", "-f", file, "-d", address.database])
    }

    func rows(in database: String? = nil) async throws -> [String: Int] {
        let result = try await run(
            "psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database ?? address.database],
            input: Self.counting)
        var rows: [String: Int] = [:]
        for line in result.standardOutput.split(separator: "\n") {
            guard let bar = line.lastIndex(of: "|") else { continue }
            rows[String(line[..<bar])] = Int(line[line.index(after: bar)...])
        }
        return rows
    }

    /// Restores the file into a database of its own, which is gone afterwards.
    /// - Returns: The rows that came out.
    func restoreIntoScratch(_ file: String) async throws -> [String: Int] {
        let scratch = "slipway_proof_" + RandomToken.hex(bytes: 4)
        try await run("createdb", [scratch])
        do {
            try await run("pg_restore", ["--no-owner", "--no-acl", "--exit-on-error", "-d", scratch, file])
            let rows = try await rows(in: scratch)
            try await run("dropdb", [scratch])
            return rows
        } catch {
            await Task { _ = try? await run("dropdb", ["--if-exists", scratch]) }.value
            throw error
        }
    }

    /// Replaces what is in the database; all of it or nothing.
    func restore(_ file: String) async throws {
        try await run(
            "pg_restore",
            ["--no-owner", "--no-acl", "--clean", "--if-exists", "--single-transaction", "-d", address.database, file])
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String], input: String? = nil) async throws -> CommandResult {
        let command = Command(
            binaries.program(program), ["-h", "127.0.0.1", "-p", "\(address.port)", "-U", address.user] + arguments,
            environment: ["PGCONNECT_TIMEOUT": "10"],
            secrets: address.password.map { ["PGPASSWORD": $0] } ?? [:], directory: "/",
            input: input.map { Secret($0) }, deadline: Self.deadline)
        let result = try await runner.run(command)
        guard result.succeeded else {
            throw SlipwayError(
                .backupFailed, "\(program) \(result.end)", hint: "slipway logs", details: result.lastLines(10))
        }
        return result
    }
}
