// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayOperate

struct StatusTableTests {
    @Test(
        arguments: zip(
            [-3.0, 0, 119, 120, 7199, 7200, 172_800], ["0s", "0s", "119s", "2m", "119m", "2h", "2d"]))
    func `an age is short and never negative`(_ seconds: Double, _ text: String) {
        #expect(StatusTable.age(seconds) == text)
    }

    @Test func `a process that does not work shows its diagnosis`() {
        let diagnosis = Diagnosis(
            likelyCause: "nothing listens on 8000", lastProbe: "connection refused", expectedPort: 8000,
            boundAddresses: ["127.0.0.1:8080"], lastLogLines: ["started on 8080"])
        let status = EngineStatus(
            application: "pm", directory: "/app", processIdentifier: 7, phase: .failed, address: nil, startedAt: 0,
            processes: [
                ProcessStatus(name: "server", state: .failed, port: 8000, restarts: 2, since: 5, diagnosis: diagnosis)
            ])
        let text = StatusTable(status, terminal: .standardOutput).render(now: 10)
        #expect(text.hasPrefix("pm  failed\n"))
        #expect(text.contains("expected to listen on port 8000; listens on 127.0.0.1:8080"))
        #expect(text.contains("  started on 8080"))
        #expect(text.contains("restarted 2x"))
    }
}
