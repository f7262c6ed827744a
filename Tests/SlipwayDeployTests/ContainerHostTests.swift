// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import Testing

struct ContainerHostTests {
    private func left(
        _ file: [String: String], process: [String: String] = [:], kind: Resource.Kind = .postgres,
        resolving known: Set<String> = []
    ) -> (given: GivenValues, notes: [String]) {
        var host = Variable(name: "SQL_HOST", services: ["web"])
        host.part = .host
        var user = Variable(name: "SQL_USER", services: ["web"])
        user.part = .user
        let application = AppSpec(
            name: "shop", services: [Service(name: "web", directory: ".", role: .backend, uses: ["db"])],
            resources: [Resource(name: "db", kind: kind, variable: "DATABASE_URL")],
            variables: [host, user, Variable(name: "MAIL_HOST", services: ["web"])])
        return ContainerHosts(application, given: GivenValues(process: process, rootFile: file))
            .left(runs: { $0 == .postgres }, resolves: known.contains)
    }

    @Test(arguments: [
        ["SQL_HOST": "db", "SQL_USER": "hello", "MAIL_HOST": "mail"],
        ["DATABASE_URL": "postgres://u:p@db:5432/shop", "SQL_USER": "hello", "MAIL_HOST": "mail"],
    ])
    func `an address that leads to a container goes with all of its parts, in one line`(_ file: [String: String]) {
        let (given, notes) = left(file)
        #expect(given.rootFile == ["MAIL_HOST": "mail"])
        #expect(notes.count == 1)
        #expect(notes.first?.contains("container db") == true)
        #expect(notes.first?.contains("p@") == false)
    }

    @Test(arguments: [
        ["SQL_HOST": "db.example.org"], ["SQL_HOST": "localhost"], ["SQL_HOST": "10.0.0.5"], ["SQL_HOST": ""],
        ["DATABASE_URL": "postgres://u:p@db.example.org/shop"], ["DATABASE_URL": "postgres:///shop"],
        ["SQL_HOST": "db-of-the-office"], ["MAIL_HOST": "mail"],
    ])
    func `an address that leads somewhere stays`(_ file: [String: String]) {
        let (given, notes) = left(file, resolving: ["db-of-the-office"])
        #expect(given.rootFile == file)
        #expect(notes.isEmpty)
    }

    @Test func `what stands outside of files is meant, and so is a server that is not started here`() {
        #expect(left(["SQL_USER": "a"], process: ["SQL_HOST": "db"]).notes.isEmpty)
        #expect(left(["SQL_HOST": "db"], kind: .mongodb).notes.isEmpty)
    }
}
