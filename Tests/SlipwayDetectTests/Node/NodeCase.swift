// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

/// A tiny tree and what must be said about one of its services; fields left out are not looked at.
struct NodeCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var files: [String: String]
    /// How many services the tree has.
    var count = 1
    var directory = "."
    var role: Role?
    var framework: String?
    var start: String?
    var build: String?
    var port: UInt16?
    var output: String?
    var health: String?
    var release: String?
    var resources: [Resource.Kind]?

    init(
        _ name: String, _ files: [String: String], count: Int = 1, in directory: String = ".", role: Role? = nil,
        framework: String? = nil, start: String? = nil, build: String? = nil, port: UInt16? = nil,
        output: String? = nil, health: String? = nil, release: String? = nil, resources: [Resource.Kind]? = nil
    ) {
        testDescription = name
        self.files = files
        self.count = count
        self.directory = directory
        self.role = role
        self.framework = framework
        self.start = start
        self.build = build
        self.port = port
        self.output = output
        self.health = health
        self.release = release
        self.resources = resources
    }

    func check() {
        let spec = Detection.detect(SourceTree(files: files))
        let found = spec.services.map { "\($0.role) in \($0.directory)" }.joined(separator: ", ")
        #expect(spec.services.count == count, "\(found)")
        guard count > 0 else { return }
        guard let service = spec.services.first(where: { $0.directory == directory && (role ?? $0.role) == $0.role })
        else {
            Issue.record("no such service among \(found)")
            return
        }
        if let framework { #expect(service.framework == framework) }
        if let start { #expect(service.start == start) }
        if let build { #expect(service.build == build) }
        if let port { #expect(service.port == port) }
        if let output { #expect(service.outputDirectory == output) }
        if let health { #expect(service.healthPath == health) }
        if let release { #expect(service.release == release) }
        if let resources { #expect(spec.resources.map(\.kind) == resources) }
    }

    /// A `package.json` of scripts, dependencies and further members.
    static func package(
        _ dependencies: String = "", scripts: [String: String] = [:], development: String = "", more: String = ""
    ) -> String {
        func list(_ names: String) -> String {
            names.split(separator: " ").map { "\"\($0)\": \"*\"" }.joined(separator: ", ")
        }
        let commands = scripts.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
        return """
            {
              "scripts": { \(commands.joined(separator: ", ")) },
              "dependencies": { \(list(dependencies)) },
              "devDependencies": { \(list(development)) }\(more.isEmpty ? "" : ", " + more)
            }
            """
    }
}
