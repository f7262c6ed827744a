// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy
import SlipwayHost
import Testing

struct FirstPageTests {
    private static func finding(_ outcome: HTTPCall.Outcome) -> FirstPage.Finding {
        FirstPage.finding(outcome, of: "web", host: "localhost:8080")
    }

    @Test(arguments: [
        (200, true), (302, true), (401, true), (404, true), (405, true), (400, false), (500, false), (503, false),
    ])
    func `what looks wrong is said and nothing fails`(_ status: Int, _ isGood: Bool) throws {
        let reply = try #require(HTTPReply(status: status))
        let finding = Self.finding(.reply(reply))
        #expect((finding == .good) == isGood)
        if case .doubtful(let text) = finding { #expect(text.contains("\(status) to GET /"), "\(text)") }
        #expect(finding != .dead)
    }

    @Test func `a closed connection is no server, another protocol is one`() {
        #expect(Self.finding(.closed) == .dead)
        #expect(Self.finding(.foreign) == .good)
        #expect(Self.finding(.silent) != .good && Self.finding(.silent) != .dead)
    }
}
