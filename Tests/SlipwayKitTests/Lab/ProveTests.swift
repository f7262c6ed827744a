// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension LabTests {
    /// Real containers: an application that is fine, and one in which nearly everything is wrong.
    struct ProveTests {
        struct Report: Decodable {
            struct Proof: Decodable {
                let code: String
                let service: String?
                let value: String
                let verdict: String
                let evidence: [String]
            }
            let verdict: String
            let proofs: [Proof]
        }

        private func prove(_ app: Slipway, _ arguments: String...) throws -> Report {
            let result = try app.runAll(["prove", "--json"] + arguments)
            let report = try? JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            return try #require(report, "\(result.errors)")
        }

        private func expect(_ planted: [PlantedDefect], in report: Report) {
            for defect in planted {
                let proofs = report.proofs.filter { $0.code == defect.code && $0.service == defect.service }
                let isCaught = proofs.contains { proof in
                    proof.verdict == "fail"
                        && (defect.shows.isEmpty
                            || ([proof.value] + proof.evidence).contains { $0.contains(defect.shows) })
                }
                let seen = proofs.map { "\($0.verdict) \($0.value) \($0.evidence)" }
                #expect(isCaught, "\(defect.code) did not see that \(defect.what): \(seen)")
            }
        }

        @Test func `each planted defect is caught by the proof for it, and nothing is left behind`() throws {
            let app = try Slipway(named: "careless", files: CarelessApp.files)
            defer { app.cleanUp() }
            let report = try prove(app)
            expect(PlantedDefect.ofCarelessApp, in: report)
            let text = report.proofs.flatMap(\.evidence).joined(separator: "\n")
            #expect(!text.contains("hunter2hunter2"))
            #expect(try Lab.docker("ps", "--all", "--quiet", "--filter", "label=slipway.trial").isEmpty)
            #expect(try Lab.docker("volume", "ls", "--quiet", "--filter", "label=slipway.trial").isEmpty)
        }

        @Test func `defects that show on no author's machine are caught too`() throws {
            let app = try Slipway(named: "neglected", files: NeglectedApp.files)
            defer { app.cleanUp() }
            let codes = Set(PlantedDefect.ofNeglectedApp.map(\.code)).sorted()
            let result = try app.runAll(["prove", "--json"] + codes.flatMap { ["--only", $0] })
            let report = try #require(
                try? JSONDecoder().decode(Report.self, from: Data(result.output.utf8)), "\(result.errors)")
            expect(PlantedDefect.ofNeglectedApp, in: report)
        }

        @Test func `every proof has a defect that it was seen to catch`() throws {
            let elsewhere = ["PR001", "PR010"]  // in the two tests below
            let planted = PlantedDefect.ofCarelessApp + PlantedDefect.ofNeglectedApp
            #expect(planted.count >= 40)
            let list = try Slipway().run("prove", "--list").output.split(separator: "\n").map { String($0.prefix(5)) }
            #expect(Set(planted.map(\.code) + elsewhere).sorted() == list.sorted())
        }

        @Test func `an image that cannot be built fails the first proof and stops there`() throws {
            let app = try Slipway(
                named: "broken",
                files: CarelessApp.files.merging(["api/Dockerfile": "FROM node:20-alpine\nCOPY missing.js /app/\n"]) {
                    $1
                })
            defer { app.cleanUp() }
            let report = try prove(app, "--only", "PR001", "--only", "PR010")
            #expect(report.proofs.first { $0.code == "PR001" }?.verdict == "fail")
            #expect(report.proofs.first { $0.code == "PR010" }?.verdict == "skip")
        }

        @Test(
            arguments: zip(
                ["setInterval(() => console.log('waiting'), 500);", "console.error('EACCES: /x'); process.exit(1);"],
                ["PR016", "PR010"]))
        func `an application that does not come up is diagnosed`(_ server: String, _ code: String) throws {
            let app = try Slipway(named: "silent", files: CarelessApp.files.merging(["api/server.js": server]) { $1 })
            defer { app.cleanUp() }
            let report = try prove(app, "--only", code)
            let proof = report.proofs.first { $0.code == code && $0.service == "api" }
            #expect(proof?.verdict == "fail", "\(report.proofs)")
        }
    }
}
