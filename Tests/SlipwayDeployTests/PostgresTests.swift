// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayHost
import Testing

struct PostgresTests {
    private static let isInstalled =
        ExecutableSearch.find("initdb") != nil || FileStore(root: "/usr/lib").exists("postgresql")
    private let home = ClusterHome(folder: "/h", account: nil, isElsewhere: false)
    private let fifteen = PostgresBinaries(folder: "/15", major: 15)
    private let sixteen = PostgresBinaries(folder: "/16", major: 16)

    @Test func `existing data decides the version, then the repository, then the newest`() throws {
        let installed = [sixteen, fifteen]
        #expect(try PostgresCluster.choose(installed, existing: 15, wanted: 16, home: home) == fifteen)
        #expect(try PostgresCluster.choose(installed, existing: nil, wanted: 15, home: home) == fifteen)
        #expect(try PostgresCluster.choose(installed, existing: nil, wanted: 17, home: home) == sixteen)
        let mismatch = try #require(throws: SlipwayError.self) {
            try PostgresCluster.choose(installed, existing: 13, wanted: nil, home: home)
        }
        #expect(mismatch.code == .databaseFailed)
        #expect(mismatch.message == "the data in /h/data is of PostgreSQL 13, and this machine has 16, 15")
        let none = try #require(throws: SlipwayError.self) {
            try PostgresCluster.choose([], existing: nil, wanted: nil, home: home)
        }
        #expect(none.hint?.contains("DATABASE_URL") == true)
    }

    @Test func `the cluster is created with passwords for everybody`() {
        let command = PostgresCluster.initdb(home, fifteen)
        #expect(
            command.description
                == "LC_ALL=C /15/initdb -D /h/data.partial --username=slipway --pwfile=/h/password --auth=scram-sha-256 --encoding=UTF8 --locale=C"
        )
    }

    @Test(.enabled(if: isInstalled, "needs PostgreSQL"))
    func `a cluster is created once, and its database is there after a restart`() async throws {
        let folder = try TemporaryFolder()
        let runner = LocalRunner()
        let port = try LoopbackPort.free()
        let address = ResourceAddress(.postgres, port: port, user: "pm", password: Secret("pw12345678"), database: "pm")
        var created: [Bool] = []
        for _ in 0..<2 {
            let home = try ClusterHome.make(
                StatePaths(applicationDirectory: folder.path), application: folder.path, elsewhere: folder.path + "-var"
            )
            let cluster = try await PostgresCluster.prepare(home, wanted: nil, runner: runner) { _ in }
            let process = cluster.process(name: "db", port: port, base: ["PATH": ExecutableSearch.path])
            let server = Task {
                try await runner.run(
                    Command(
                        process.executable, process.arguments, directory: process.directory, user: process.user,
                        deadline: .seconds(120)))
            }
            created.append(try await cluster.ensureDatabase(address, runner: runner))
            let answer = try await runner.run(
                Command(
                    cluster.binaries.program("psql"), ["-X", "-A", "-t", address.url, "-c", "SELECT current_user"],
                    deadline: .seconds(30)))
            #expect(answer.standardOutput == "pm")
            let refused = try await runner.run(
                Command(
                    cluster.binaries.program("psql"),
                    ["-X", "-w", "-h", "127.0.0.1", "-p", "\(port)", "-U", "slipway", "postgres", "-c", "SELECT 1"],
                    environment: ["PGPASSFILE": "/nowhere"], deadline: .seconds(30)))
            #expect(!refused.succeeded)
            server.cancel()
            _ = await server.result
        }
        #expect(created == [true, false])
        #expect(Ownership.of(folder.path + "/.slipway/postgres/password").map { $0.mode & 0o777 } == 0o600)
    }

    @Test(.enabled(if: Account.isRoot && Account.named("nobody") != nil, "needs root and the account nobody"))
    func `data that its account cannot reach stands elsewhere, with a link`() throws {
        let folder = try TemporaryFolder()
        let closed = folder.path + "/closed"
        try FileStore(root: closed).makeDirectory(mode: 0o700)
        let paths = StatePaths(applicationDirectory: closed)
        try FileStore(root: paths.root).makeDirectory()
        let first = try ClusterHome.make(paths, application: closed, elsewhere: folder.path + "/var")
        let second = try ClusterHome.make(paths, application: closed, elsewhere: folder.path + "/var")
        #expect(first == second)
        #expect(first.isElsewhere && first.folder.hasPrefix(folder.path + "/var/"))
        #expect(Ownership.target(of: paths.postgres) == first.folder)
    }
}
