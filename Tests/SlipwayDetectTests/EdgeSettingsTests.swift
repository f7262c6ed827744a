// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

/// `edge` of slipway.yml.
struct EdgeSettingsTests {
    @Test func `what is stated reaches the edge, an environment adds to it, and nothing else changes`() throws {
        let text = """
            edge:
              accessLog: logs/access.log
              requestsPerSecond: 5
              balancers: 10.0.0.0/8
              bodyMegabytes: 1
            environments:
              production:
                edge:
                  metricsPort: 9180
                  requestsPerSecond: 50
            """
        let configuration = try Configuration(parsing: text)
        let spec = try configuration.applied(to: AppSpec(name: "a"), environment: "production")
        let plain = EdgeSpec(port: 80, routes: [])
        let edge = try #require(spec.edge).applied(to: plain, directory: "/srv/a")
        var expected = plain
        expected.accessLog = AccessLogRules(path: "/srv/a/logs/access.log")
        expected.clients = ClientRules(requestsPerSecond: 50)
        expected.balancers = ["10.0.0.0/8"]
        expected.limits.bodyBytes = 1 << 20
        expected.adminPort = 9180
        #expect(edge == expected)
        #expect(spec.origins["edge.metricsPort"]?.line == 9)
        #expect(EdgeSettings().applied(to: plain, directory: "/") == plain)
    }

    @Test(arguments: [
        ("requestsPerSecond: 0", "edge.requestsPerSecond must be a whole number from 1, not 0"),
        ("metricsPort: http", "edge.metricsPort must be a port"),
        ("acessLog: a", "unknown key edge.acessLog; did you mean"),
        ("accessLogQuery: all", "edge.accessLogQuery must be one of kept, names, dropped"),
    ])
    func `a mistake is named with its key and line`(_ line: String, _ message: String) throws {
        let error = #expect(throws: SlipwayError.self) { try Configuration(parsing: "edge:\n  \(line)\n") }
        #expect(error?.message.contains("slipway.yml:2: \(message)") == true, "\(error?.message ?? "")")
    }
}
