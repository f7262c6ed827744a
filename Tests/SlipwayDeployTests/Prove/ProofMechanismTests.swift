// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayDeploy

struct ProofMechanismTests {
    @Test(arguments: [
        (["Package.swift", "Sources/App/App.swift", "Tests/AppTests/A.swift"], "Sources/App/App.swift"),
        (["setup.py", "shop/main.py", "shop/deep/er.py"], "shop/main.py"), (["vite.config.ts", "Package.swift"], nil),
    ])
    func `a line is changed in source, never in a manifest`(_ paths: [String], _ chosen: String?) {
        #expect(SourceChange.file(among: paths, below: "") == chosen)
    }

    @Test func `codes are unique and count up, and every file is in the catalog`() throws {
        let codes = ProofCatalog.all.map(\.code).sorted()
        #expect(codes == (1...codes.count).map { "PR\(String(1000 + $0).dropFirst())" })
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
                "Sources/SlipwayDeploy/Prove/Proofs")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == codes.count)
    }

    @Test func `BuildKit's progress is read by step`() {
        var output = BuildOutput()
        let lines = [
            "#1 [internal] load build definition", "#1 DONE 0.0s", "#5 [build 2/4] RUN npm ci",
            "#5 0.5 added 1 package",
            "#5 DONE 1.2s", "#6 [build 3/4] COPY . .", "#6 CACHED", "#7 [4/4] RUN false", "#7 ERROR: exit code: 1", "",
            "#x y",
        ]
        let events = lines.compactMap { output.read($0, after: 0) }
        #expect(
            events == [
                .started("[build 2/4] RUN npm ci"), .done("[build 2/4] RUN npm ci", seconds: 1.2),
                .started("[build 3/4] COPY . ."), .reused("[build 3/4] COPY . ."), .started("[4/4] RUN false"),
                .failed("[4/4] RUN false", reason: "exit code: 1"),
            ])
        #expect(output.stepCount == 3)
        #expect(output.reusedCount == 1)
    }

    @Test func `Podman's progress is read by step`() {
        var output = BuildOutput()
        let lines = [
            (0.0, "[1/2] STEP 1/2: FROM python:3.11-slim AS build"), (0, "[1/2] STEP 2/2: RUN pip install idna"),
            (0.5, "STEP by step: installing"), (2, "--> 107095ab9db"), (2, "[2/2] STEP 1/2: FROM python:3.11-slim"),
            (2, "[2/2] STEP 2/2: COPY . ."), (2, "--> Using cache 4006e4960fd8"), (2, "--> 4006e4960fd"),
            (3, "STEP 3/3: RUN false"),
            (3, #"Error: building at STEP "RUN false": while running runtime: exit status 1"#),
        ]
        let events = lines.compactMap { output.read($1, after: $0) }
        #expect(
            events == [
                .started("[1/2] STEP 1/2: FROM python:3.11-slim AS build"),
                .started("[1/2] STEP 2/2: RUN pip install idna"),
                .done("[1/2] STEP 2/2: RUN pip install idna", seconds: 2),
                .started("[2/2] STEP 1/2: FROM python:3.11-slim"), .started("[2/2] STEP 2/2: COPY . ."),
                .reused("[2/2] STEP 2/2: COPY . ."), .started("STEP 3/3: RUN false"),
                .failed("STEP 3/3: RUN false", reason: "exit status 1"),
            ])
        #expect(output.stepCount == 5)
        #expect(output.reusedCount == 1)
    }

    @Test(arguments: [
        ("E: Temporary failure resolving 'deb.debian.org'", true), ("npm error code ECONNRESET", true),
        ("net/http: TLS handshake timeout", true), ("SyntaxError: invalid syntax", false), ("", false),
        ("ERROR: No matching distribution found for fastapi==99", false),
    ])
    func `only failures of the network are tried again`(_ line: String, _ isTransient: Bool) {
        #expect((TransientFailure.reason(in: ["ok", line]) != nil) == isTransient)
    }

    @Test func `listening sockets are told apart by their address`() {
        let text = """
              sl  local_address rem_address   st tx_queue
               0: 00000000:1F40 00000000:0000 0A 00000000:00000000
               1: 0100007F:0CEA 00000000:0000 0A 00000000:00000000
               2: 0B00007F:A000 00000000:0000 0A 00000000:00000000
               3: 0100007F:1F40 0100007F:9999 01 00000000:00000000
            """
        let sockets = ListeningSocket.parse(text)
        #expect(sockets.map(\.port) == [8000, 3306])
        #expect(sockets.map(\.isLoopback) == [false, true])
    }

    @Test(arguments: [
        ("index-4f9d2c1b.js", true), ("app.3f2a9c.css", true), ("jquery.min.js", false), ("main.js", false),
    ])
    func `a hash in a file's name is recognised`(_ name: String, _ hasHash: Bool) {
        #expect(TrialPage.hasHash("/assets/\(name)") == hasHash)
    }

    @Test func `a page's own files are found, and those of others are not`() {
        let html =
            "<script src=\"/assets/a-1.js\"></script><link href='style.css'><img src=\"https://x.org/a.png\"><a href=\"/about\">"
        #expect(TrialPage.links(in: html) == ["/assets/a-1.js", "/style.css"])
    }

    @Test func `a report's page and its JUnit text escape what they are given`() {
        let proof = Proof(
            code: "PR001", claim: "<b>", service: "a&b", value: "\"1\"", verdict: .fail,
            evidence: ["<script>alert(1)</script>", "\u{1B}[0m"])
        let report = ProofReport(
            application: "</title><x>", commit: nil, engine: "docker", startedAt: "now", durationSeconds: 1,
            proofs: [proof],
            images: [], timeline: [], parts: [])
        for text in [ProofPage(report).text, JUnitReport(report).text] {
            #expect(!text.contains("<script>") && !text.contains("<x>") && !text.contains("\u{1B}"))
        }
        #expect(report.verdict == .fail)
    }

    @Test func `trial values are made up, and secrets are never those of the template`() {
        let variables = [
            Variable(name: "JWT_SECRET", services: ["api"], required: true, secret: true),
            Variable(name: "WORKERS", services: ["api"], required: true, kind: .integer),
        ]
        let compose =
            "services:\n  db:\n    environment:\n      P: ${DB_PASSWORD:?x}\n      U: ${DB_USER:?}\n      L: ${LEVEL:-info}\n"
        let values = TrialValues(
            application: AppSpec(name: "a", variables: variables), compose: compose,
            example: ["DB_PASSWORD": "postgres", "DB_USER": "shop"])
        #expect(values.values["DB_USER"] == "shop")
        #expect(values.values["WORKERS"] == "1")
        #expect(values.values["LEVEL"] == nil)
        #expect(values.secrets == ["DB_PASSWORD", "JWT_SECRET"])
        #expect(values.values["DB_PASSWORD"] != "postgres")
    }

    @Test(arguments: [
        ("fetch('/api/messages')", ["/api"], ["/api/messages"]),
        ("fetch(`/api/items/${id}`); post(\"/api/items?all\")", ["/api"], []),
        ("app.post(\"/v1/upload\", x); get('/v10/no')", ["/v1"], ["/v1/upload"]),
        ("a = '/', b = '//host/x', c = '/ok-1', // don't \n d = \"/two\"", ["/"], ["/ok-1", "/two"]),
        ("'/api' \"/apis\" '/api/", ["/api"], ["/api"]),
        ("", ["/"], []),
    ])
    func `paths that code writes down are found below a service's routes`(
        _ text: String, _ routes: [String], _ expected: [String]
    ) {
        #expect(BodyPaths.written(in: text, below: routes) == expected)
    }

    @Test func `a description's paths that take a body are asked with a value for each parameter`() {
        let text = """
            {"paths": {"/a/{id}/b": {"post": {"requestBody": {}}}, "/c": {"post": {}}, "/d": {"get": {}}, "/e": 1}}
            """
        #expect(BodyPaths.described(by: text) == ["/a/1/b"])
        #expect(BodyPaths.described(by: "<html>") == [])
    }
}
