// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// An application's own PostgreSQL: reached on loopback only, with passwords that nobody has to know.
package struct PostgresCluster: Sendable {
    /// The role that owns the cluster; applications get roles of their own.
    private static let superuser = "slipway"
    /// A cold start after a crash replays the log first.
    private static let startDeadline = Duration.seconds(60)

    package let home: ClusterHome
    package let binaries: PostgresBinaries
    private let password: Secret

    /// Finds the binaries and creates the cluster on first use.
    /// - Throws: ``SlipwayError`` `databaseFailed`.
    package static func prepare(
        _ home: ClusterHome, wanted: String?, runner: any CommandRunner, report: DeployEventHandler
    ) async throws -> PostgresCluster {
        let installed = try await PostgresBinaries.all(runner: runner)
        let existing = try existingMajor(home)
        let binaries = try choose(installed, existing: existing, wanted: wanted.flatMap { Int($0) }, home: home)
        let files = FileStore(root: home.folder)
        if existing == nil {
            report(.started(step: "create database cluster", command: nil))
            let start = SystemClock.steady.now
            let password = Secret(RandomToken.hex(bytes: 24))
            try files.write(password.reveal(), to: "password", mode: 0o600)
            if let account = home.account { try Ownership.give(home.password, to: account) }
            try await initialize(home, binaries, runner: runner)
            report(.finished(step: "create database cluster", .done, after: SystemClock.steady.now - start))
        }
        return PostgresCluster(home: home, binaries: binaries, password: Secret(try files.text("password")))
    }

    /// The server as a process of the engine.
    package func process(name: String, port: UInt16, base: [String: String]) -> ProcessSpec {
        // A statement whose client was ended keeps its locks until the server notices; only these look while it runs.
        let noticesEndedClients = binaries.major >= 14
        let settings =
            [
                "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "log_destination=stderr",
                "logging_collector=off", "password_encryption=scram-sha-256",
            ] + (noticesEndedClients ? ["client_connection_check_interval=1s"] : [])
        return ProcessSpec(
            name: name, executable: binaries.program("postgres"),
            arguments: ["-D", home.data] + settings.flatMap { ["-c", $0] },
            environment: ProcessEnvironment(base), directory: home.folder, user: home.account?.name,
            probe: Probe(.tcp(port: port), deadline: Self.startDeadline), port: port,
            // SIGINT is the fast shutdown: sessions are ended, and the next start has nothing to replay.
            stopSignal: 2, grace: .seconds(30))
    }

    /// Waits until the running server answers, and creates the application's role and database when they are not there.
    /// - Returns: Whether the database was created now.
    package func ensureDatabase(
        _ address: ResourceAddress, runner: any CommandRunner
    ) async throws -> Bool {
        try await waitUntilReady(address.port, runner: runner)
        let (user, database) = (address.user, address.database)
        let secret = address.password?.reveal() ?? ""
        // \gexec runs each row of the result as a statement; CREATE ROLE and CREATE DATABASE have no IF NOT EXISTS.
        // The password is set each time, because the stored one may be newer than the role.
        let answer = try await query(
            """
            SELECT count(*) FROM pg_database WHERE datname = '\(database)';
            SELECT 'CREATE ROLE "\(user)" LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(user)')\\gexec
            ALTER ROLE "\(user)" PASSWORD '\(secret)';
            SELECT 'CREATE DATABASE "\(database)" OWNER "\(user)"'
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '\(database)')\\gexec
            """, address.port, runner: runner)
        return answer.hasPrefix("0")
    }

    private func waitUntilReady(_ port: UInt16, runner: any CommandRunner) async throws {
        let deadline = SystemClock.steady.now + Self.startDeadline
        while true {
            let result = try await psql("SELECT 1", port, runner: runner)
            if result.succeeded { return }
            guard SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .databaseFailed, "PostgreSQL on port \(port) does not answer", hint: "slipway logs",
                    details: result.lastLines(10))
            }
            try await SystemClock.steady.sleep(for: .milliseconds(100))
        }
    }

    private func query(_ sql: String, _ port: UInt16, runner: any CommandRunner) async throws -> String {
        let result = try await psql(sql, port, runner: runner)
        guard result.succeeded else {
            throw SlipwayError(
                .databaseFailed, "PostgreSQL refused to create the application's database", hint: "slipway logs",
                details: result.lastLines(10))
        }
        return result.standardOutput
    }

    private func psql(_ sql: String, _ port: UInt16, runner: any CommandRunner) async throws -> CommandResult {
        try await runner.run(
            Command(
                binaries.program("psql"),
                [
                    "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", "\(port)", "-U",
                    Self.superuser, "-d", "postgres",
                ],
                environment: ["PGCONNECT_TIMEOUT": "5"], secrets: ["PGPASSWORD": password], directory: "/",
                input: Secret(sql), deadline: .seconds(60)))
    }

    private static func initialize(
        _ home: ClusterHome, _ binaries: PostgresBinaries, runner: any CommandRunner
    ) async throws {
        // A cluster counts once it stands under its own name, so one whose creation was cut short is made anew.
        let files = FileStore(root: home.folder)
        try files.remove("data.partial")
        let command = initdb(home, binaries)
        let result = try await runner.run(command)
        guard result.succeeded else {
            throw SlipwayError(
                .databaseFailed, "initdb \(result.end)", hint: command.description, details: result.lastLines(20))
        }
        try files.rename("data.partial", to: "data")
    }

    /// - Returns: The command that creates the cluster beside its final place.
    package static func initdb(_ home: ClusterHome, _ binaries: PostgresBinaries) -> Command {
        Command(
            binaries.program("initdb"),
            [
                "-D", home.data + ".partial", "--username=\(superuser)", "--pwfile=\(home.password)",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            ],
            // The caller's own LC_* may name a locale that the account does not have.
            environment: ["LC_ALL": "C"], directory: home.folder, user: home.account?.name, deadline: .seconds(300))
    }

    private static func existingMajor(_ home: ClusterHome) throws -> Int? {
        let files = FileStore(root: home.folder)
        guard files.exists("data/PG_VERSION") else { return nil }
        return RuntimeVersion(try files.text("data/PG_VERSION"))?.numbers.first
    }

    /// - Throws: ``SlipwayError`` `databaseFailed` when nothing is installed, or nothing that reads the existing data.
    package static func choose(
        _ installed: [PostgresBinaries], existing: Int?, wanted: Int?, home: ClusterHome
    ) throws -> PostgresBinaries {
        let versions = installed.map { "\($0.major)" }.joined(separator: ", ")
        if let existing {
            if let match = installed.first(where: { $0.major == existing }) { return match }
            throw SlipwayError(
                .databaseFailed,
                "the data in \(home.data) is of PostgreSQL \(existing), and this machine has \(versions.isEmpty ? "none" : versions)",
                hint: "apt-get install postgresql-\(existing)   # or dump it there, remove the folder, and load it here"
            )
        }
        if let match = installed.first(where: { $0.major == wanted }) ?? installed.first { return match }
        throw SlipwayError(
            .databaseFailed, "the application needs PostgreSQL, and this machine has none",
            hint: "apt-get install postgresql   # or set DATABASE_URL to a database elsewhere")
    }
}
