// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// What people see when a service does not answer.
struct ErrorPageTests {
    private func page(_ failure: EdgeFailure, _ format: ErrorPage.Format, isDetailed: Bool) -> ErrorPage {
        ErrorPage(failure: failure, requestID: "r1", format: format, isDetailed: isDetailed)
    }

    @Test(arguments: [
        (ServiceCondition.starting, false, UInt16(503), Int?.some(1)),
        (.down(reason: "it exited with code 1"), false, 503, 5), (.ready, false, 502, nil), (.ready, true, 504, nil),
    ])
    func `the status says whether trying again helps`(
        _ condition: ServiceCondition, timedOut: Bool, status: UInt16, retryAfter: Int?
    ) {
        let failure = EdgeFailure.unreachable(service: "api", port: 1, condition: condition, timedOut: timedOut)
        #expect(failure.status == status)
        #expect(failure.retryAfterSeconds == retryAfter)
        let fields = page(failure, .json, isDetailed: false).fields
        #expect(fields.contains("Retry-After") == (retryAfter != nil))
        #expect(fields.contains("Cache-Control: no-store\r\n"))
    }

    @Test(arguments: [ErrorPage.Format.html, .json])
    func `cause and hint are for the person at this machine`(_ format: ErrorPage.Format) {
        let failure = EdgeFailure.unreachable(
            service: "api", port: 8000, condition: .down(reason: "it exited with code 3"), timedOut: false)
        let near = page(failure, format, isDetailed: true).body
        #expect(near.contains("xited with code 3") || near.contains("It exited with code 3"))
        #expect(near.contains("slipway logs api"))
        let far = page(failure, format, isDetailed: false).body
        #expect(!far.contains("code 3"))
        #expect(!far.contains("slipway logs"))
        #expect(far.contains("r1"))
        #expect(far.contains("pi is down"))
    }

    @Test func `nothing in a page can become markup`() {
        let failure = EdgeFailure(status: 502, service: "a", reason: "<b>\"&", cause: nil)
        #expect(page(failure, .html, isDetailed: true).body.contains("&lt;b&gt;&quot;&amp;"))
        let json = page(EdgeFailure(status: 502, reason: "a\"\\\n\u{1}"), .json, isDetailed: true).body
        #expect(json == "{\"status\":502,\"error\":\"a\\\"\\\\\\n\\u0001\",\"requestId\":\"r1\"}\n")
    }
}
