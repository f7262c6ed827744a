// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import Testing

/// What breaks real deployments is found in whole repositories, and what only looks wrong is left alone.
struct DefectTests {
    /// A tiny repository with what must be said about it, or must not.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String] = [:]
        var codes: [String] = []

        /// Every tree of `Tests/Defects/NAME.txt`, in the format of `Tests/Trees`: after `>>>` come the codes.
        static func all(in name: String) -> [Case] {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Defects/\(name).txt")
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            var cases: [Case] = []
            var path: String?
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("=== ") {
                    cases.append(Case(testDescription: String(line.dropFirst(4))))
                } else if line.hasPrefix("--- ") {
                    path = String(line.dropFirst(4))
                    cases[cases.count - 1].files[path ?? ""] = ""
                } else if line == ">>>" {
                    path = nil
                } else if let path {
                    cases[cases.count - 1].files[path, default: ""] += line + "\n"
                } else if !line.isEmpty {
                    cases[cases.count - 1].codes += line.split(separator: " ").dropFirst().map(String.init)
                }
            }
            return cases
        }

        var findings: [Diagnostic] {
            let tree = SourceTree(files: files)
            return Checker().check(CheckedRepository(tree: tree, app: { Detection.detect(tree) }))
        }
    }

    @Test(arguments: Case.all(in: "breaks"))
    func `what breaks deployments is found`(_ defect: Case) {
        let codes = Set(defect.findings.map(\.code))
        #expect(codes.isSuperset(of: defect.codes), "\(defect.testDescription): \(codes.sorted())")
    }

    @Test(arguments: Case.all(in: "right"))
    func `what looks wrong and is right is left alone`(_ oddity: Case) {
        let loud = oddity.findings.filter { oddity.codes.contains($0.code) || $0.severity == .error }
        #expect(loud.isEmpty, "\(oddity.testDescription): \(loud)")
    }

    @Test func `the cases are there`() {
        #expect(Case.all(in: "breaks").count > 50)
        #expect(Case.all(in: "right").count == 11)
    }
}
