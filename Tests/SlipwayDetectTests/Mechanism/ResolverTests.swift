// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

@Suite struct ResolverTests {
    private struct Fixed: Detector {
        let account = DetectorAccount(recognises: "", reads: [], confidence: "")
        var name: String
        var refines: [String] = []
        var evidence: [Evidence]
        func detect(in repository: Repository) -> [Evidence] { evidence }
    }

    private func resolve(_ detectors: [Fixed]) -> AppSpec {
        var resolver = Resolver(treeName: "App", detectors: detectors)
        for detector in detectors { resolver.add(detector.evidence, from: detector) }
        return resolver.resolve()
    }
    private let web = Subject("server", Subject.web)

    private func claim(_ claim: Claim, _ confidence: Double, file: String? = nil) -> Evidence {
        .claim(claim, for: web, file: file, line: file.map { _ in 3 }, why: "test", confidence: confidence)
    }

    @Test func `the highest score wins and the second is remembered`() {
        let spec = resolve([
            Fixed(name: "a", evidence: [claim(.role(.backend), 0.9), claim(.healthPath("/a"), 0.5, file: "a.py")]),
            Fixed(name: "b", evidence: [claim(.healthPath("/b"), 0.9), claim(.role(.spa), 0.4)]),
        ])
        #expect(spec.services.map(\.name) == ["server"])
        #expect(spec.services.first?.role == .backend)
        #expect(spec.services.first?.healthPath == "/b")
        #expect(spec.origins["services.server.healthPath"]?.runnerUp == "/a, a.py:3")
    }

    @Test func `a special detector's claim beats the general one's`() {
        let spec = resolve([
            Fixed(name: "node", evidence: [claim(.role(.backend), 0.9), claim(.framework("node"), 0.9)]),
            Fixed(
                name: "nextjs", refines: ["node"],
                evidence: [claim(.role(.ssr), 0.7), claim(.framework("nextjs"), 0.7)]),
        ])
        #expect(spec.services.first?.role == .ssr)
        #expect(spec.services.first?.framework == "nextjs")
    }

    @Test func `a weak guess stays empty with a diagnostic`() {
        let spec = resolve([
            Fixed(name: "a", evidence: [claim(.role(.backend), 0.9), claim(.healthPath("/maybe"), 0.1)])
        ])
        #expect(spec.services.first?.healthPath == nil)
        #expect(spec.diagnostics.map(\.code) == ["DT002"])
    }

    @Test func `two ports close in weight keep the better one and say so`() {
        let start = StartCommand("run --port ${PORT:-8000}", portVariable: "PORT")
        let spec = resolve([
            Fixed(
                name: "a",
                evidence: [
                    claim(.role(.backend), 0.9), claim(.start(start), 0.9), claim(.port(9000), 0.9, file: "a"),
                    claim(.port(8080), 0.8, file: "b"),
                ])
        ])
        #expect(spec.services.first?.port == 9000)
        #expect(spec.services.first?.start == "run --port ${PORT:-9000}")
        #expect(spec.diagnostics.map(\.code) == ["DT001"])
    }

    @Test func `tests and examples are services only when nothing else is`() {
        let aside = Evidence.claim(.role(.backend), for: Subject("tests/app", "web"), why: "", confidence: 0.9)
        #expect(resolve([Fixed(name: "a", evidence: [aside])]).services.map(\.directory) == ["tests/app"])
        let both = [aside, claim(.role(.backend), 0.9)]
        #expect(resolve([Fixed(name: "a", evidence: both)]).services.map(\.directory) == ["server"])
    }
}
