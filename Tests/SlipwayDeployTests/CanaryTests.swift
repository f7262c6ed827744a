// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

struct CanaryTests {
    private func route(_ prefix: String, _ ports: UInt16...) -> EdgeRoute {
        let upstreams = ports.map { EdgeUpstream(port: $0, process: "web@\($0)") }
        return EdgeRoute(
            prefix: prefix, service: "web",
            destination: ports.count == 1 ? .upstream(port: ports[0]) : .upstreams(upstreams))
    }

    private func weights(_ routes: [EdgeRoute]) -> [[Int]] { routes.map { $0.upstreams.map(\.weight) } }

    @Test func `a share of each route that both answer goes to the new release, nothing of the others`() {
        let files = EdgeRoute(prefix: "/assets", service: "web", destination: .files(root: "/f", fallback: nil))
        let mixed = CanaryRoutes.mixed(
            old: [route("/", 1), route("/old", 2), files],
            new: [route("/", 11), route("/new", 12), files], share: 10)
        #expect(weights(mixed) == [[90, 10], [1], []])
        #expect(mixed.map(\.prefix) == ["/", "/old", "/assets"])
        let replicas = CanaryRoutes.mixed(old: [route("/", 1, 2)], new: [route("/", 11)], share: 10)
        #expect(weights(replicas) == [[90, 90, 20]], "a tenth of all, not a tenth of each")
    }

    @Test func `a canary is watched with its share before it gets everything`() throws {
        let observed = EngineStatus(
            application: "app", directory: "/app", processIdentifier: 1, phase: .running, address: nil, startedAt: 0,
            processes: [ProcessStatus(name: "web@1", state: .ready, port: 4001, since: 0)], release: 1,
            routes: [route("/", 4001)])
        let web = Service(name: "web", directory: ".", role: .backend, start: "./web", port: 80, routes: ["/"])
        var planner = DeployPlanner(
            release: 2, application: AppSpec(name: "app", services: [web]), observed: observed, strategy: .canary)
        planner.canaryShare = 5
        let actions = try planner.plan().steps.map(\.action)
        let mix = try #require(actions.firstIndex(of: .mix(share: 5)))
        let shift = try #require(actions.firstIndex(of: .shift))
        #expect(actions[mix + 1] == .watch && shift == mix + 2 && actions[shift + 1] == .watch)
        #expect(try planner.plan().strategy == .canary)
        planner.observed = nil
        #expect(try planner.plan().strategy == .blueGreen, "there is nothing to share with")
        var single = web
        single.singleInstance = "it counts"
        planner.observed = observed
        planner.application = AppSpec(name: "app", services: [single])
        #expect(throws: SlipwayError.self) { try planner.plan() }
    }
}
