// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Real containers: an application that is fine, and one in which nearly everything is wrong.
@Suite(.enabled(if: Lab.isUp, Lab.reason), .serialized)
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

    @Test func `an example is proven with the files that slipway makes for it`() throws {
        let app = try Slipway(example: "node-api")
        defer { app.cleanUp() }
        let report = try prove(app, "--report", "report")
        for proof in report.proofs where proof.verdict == "fail" {
            Issue.record("\(proof.code) \(proof.service ?? ""): \(proof.value) \(proof.evidence)")
        }
        #expect(report.proofs.filter { $0.verdict == "pass" }.count > 25)
        for name in ["report.json", "junit.xml", "report.html"] {
            #expect(FileManager.default.fileExists(atPath: app.folder.appendingPathComponent("report/\(name)").path))
        }
    }

    /// Each defect and the proof that must catch it.
    static let planted = [
        "PR002", "PR003", "PR004", "PR005", "PR006", "PR007", "PR008", "PR009", "PR011", "PR012", "PR013", "PR014",
        "PR018", "PR019", "PR020", "PR021", "PR022", "PR023", "PR025", "PR027", "PR028", "PR031", "PR032", "PR033",
        "PR034", "PR035",
    ]

    @Test func `each planted defect is caught by the proof for it, and nothing is left behind`() throws {
        let app = try Slipway(named: "careless", files: CarelessApp.files)
        defer { app.cleanUp() }
        let report = try prove(app)
        let failed = Set(report.proofs.filter { $0.verdict == "fail" }.map(\.code))
        for code in Self.planted {
            let seen = report.proofs.filter { $0.code == code }.map { "\($0.service ?? ""): \($0.verdict) \($0.value)" }
            #expect(failed.contains(code), "\(code) did not see it: \(seen)")
        }
        let text = report.proofs.flatMap(\.evidence).joined(separator: "\n")
        #expect(!text.contains("hunter2hunter2"))
    }

    @Test func `an image that cannot be built fails the first proof and stops there`() throws {
        let app = try Slipway(
            named: "broken",
            files: CarelessApp.files.merging(["api/Dockerfile": "FROM node:20-alpine\nCOPY missing.js /app/\n"]) { $1 })
        defer { app.cleanUp() }
        let report = try prove(app, "--only", "PR001", "--only", "PR010")
        #expect(report.proofs.first { $0.code == "PR001" }?.verdict == "fail")
        #expect(report.proofs.first { $0.code == "PR010" }?.verdict == "skip")
    }

    @Test func `an application that never becomes healthy is diagnosed`() throws {
        let silent = "setInterval(() => console.log('still waiting'), 500);\n"
        let app = try Slipway(named: "silent", files: CarelessApp.files.merging(["api/server.js": silent]) { $1 })
        defer { app.cleanUp() }
        let report = try prove(app, "--only", "PR016")
        #expect(report.proofs.contains { $0.code == "PR016" && $0.verdict == "fail" })
    }
}
