// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `slipway write` on real folders, with what people and disks do to them.
@Suite(.serialized) struct WriteTests {
    private static let files = [
        "requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    ]

    private func repository() throws -> Slipway { try Slipway(named: "app", files: Self.files) }
    private func text(_ slipway: Slipway, _ path: String) -> String? {
        try? String(contentsOf: slipway.folder.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func `written files are left alone by a second run, and a clone knows them`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        #expect(try slipway.run("write", "--check").status == 65)
        #expect(text(slipway, "Dockerfile") == nil, "--check writes nothing")
        #expect(try slipway.run("write").status == 0)
        let dockerfile = try #require(text(slipway, "Dockerfile"))
        #expect(try slipway.run("write", "--check").status == 0)
        #expect(try slipway.run("write").output.contains("unchanged"))
        #expect(text(slipway, "Dockerfile") == dockerfile)
        #expect(text(slipway, ".slipway/.gitignore")?.contains("!generated.json") == true)
        let json = try slipway.run("write", "--check", "--json")
        #expect(json.output.contains("\"pending\" : false"))
    }

    @Test func `hand edits survive, conflicts go beside the file, and a removed file stays away`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        try slipway.run("write")
        let dockerfile = try #require(text(slipway, "Dockerfile"))
        try slipway.write(dockerfile + "# mine\n", to: "Dockerfile")
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("docker-compose.prod.yml"))
        #expect(try slipway.run("write", "--check").status == 0, "hand edits are no difference")
        let spec = try #require(
            try JSONSerialization.jsonObject(with: Data(slipway.run("detect", "--json").output.utf8)) as? [String: Any])
        let name = try #require((spec["services"] as? [[String: Any]])?.first?["name"] as? String)
        try slipway.write("services:\n  \(name):\n    systemPackages: [libmagic1]\n", to: "slipway.yml")
        #expect(try slipway.run("write").status == 0)
        let merged = try #require(text(slipway, "Dockerfile"))
        #expect(merged.contains("libmagic1") && merged.hasSuffix("# mine\n"))
        #expect(text(slipway, "docker-compose.prod.yml") == nil)

        try slipway.write(merged.replacingOccurrences(of: "libmagic1", with: "libmagic1 mine"), to: "Dockerfile")
        try slipway.write("services:\n  \(name):\n    systemPackages: [libmagic2]\n", to: "slipway.yml")
        #expect(try slipway.run("write").status == 65)
        #expect(text(slipway, "Dockerfile")?.contains("libmagic1 mine") == true)
        #expect(text(slipway, "Dockerfile.slipway-new")?.contains("libmagic2") == true)
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("Dockerfile.slipway-new"))
        #expect(try slipway.run("write").status == 0, "removing it settles the conflict")
        #expect(try slipway.run("write", "--adopt", "docker-compose.prod.yml").status == 0)
        #expect(text(slipway, "docker-compose.prod.yml") != nil)
    }

    @Test func `a hand-written file is never replaced unless asked, and then kept`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        try slipway.write("FROM python:3.12-slim\nCMD [\"uvicorn\", \"main:app\"]\n", to: "Dockerfile")
        let result = try slipway.run("write")
        #expect(result.status == 0)
        #expect(result.output.contains("yours        Dockerfile"))
        #expect(text(slipway, "Dockerfile")?.hasPrefix("FROM python:3.12-slim\nCMD") == true)
        let difference = try slipway.run("write", "--diff").output
        #expect(difference.contains("+USER 1000:1000") && difference.contains("# why: DF"), "\(difference)")
        try slipway.run("write", "--adopt", "Dockerfile")
        #expect(text(slipway, "Dockerfile")?.contains("USER 1000:1000") == true)
        #expect(text(slipway, "Dockerfile.slipway-old")?.hasPrefix("FROM python:3.12-slim\nCMD") == true)
    }

    @Test func `a folder or a link in a file's place is named, and nothing is written through it`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        let outside = slipway.folder.deletingLastPathComponent().appendingPathComponent("outside")
        try FileManager.default.createSymbolicLink(
            at: slipway.folder.appendingPathComponent("docker-compose.yml"), withDestinationURL: outside)
        try slipway.write("x", to: ".dockerignore/x")
        let result = try slipway.run("write")
        #expect(result.status == 65)
        #expect(
            result.output.contains("a symbolic link stands there") && result.output.contains("a folder stands there"))
        #expect(!FileManager.default.fileExists(atPath: outside.path))
        #expect(text(slipway, "Dockerfile") != nil, "the other files are written")
    }

    @Test func `a run that was cut short is completed by the next`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        try slipway.run("write")
        let names = ["Dockerfile", "docker-compose.yml"]
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent(".slipway/generated.json"))
        try slipway.write(names.joined(separator: "\n") + "\n", to: ".slipway/writing")
        try FileManager.default.removeItem(at: slipway.folder.appendingPathComponent("docker-compose.yml"))
        #expect(try slipway.run("write").status == 0)
        #expect(text(slipway, ".slipway/generated.json")?.contains("\"Dockerfile\"") == true)
        #expect(text(slipway, "docker-compose.yml") != nil && text(slipway, ".slipway/writing") == nil)
    }

    @Test func `init asks nothing where nobody can answer`() throws {
        let slipway = try repository()
        defer { slipway.cleanUp() }
        let result = try slipway.run("init")
        #expect(result.status == 0)
        #expect(result.output.contains("created      Dockerfile"))
        #expect(text(slipway, "slipway.yml") == nil)
    }
}
