// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayHost

struct GuardTests {
    typealias Step = (event: GuardMachine.Event, at: Duration, actions: [GuardMachine.Action])

    @Test(
        arguments: [
            [(.programEnded(othersLeft: false), .seconds(1), [.finish])],
            [(.programEnded(othersLeft: true), .seconds(1), [.terminateAll]), (.nothingLeft, .seconds(2), [.finish])],
            [
                (.stop, .zero, [.askProgram]), (.stop, .seconds(1), []),
                (.programEnded(othersLeft: true), .seconds(2), [.terminateAll]),
                (.time, .seconds(9), []), (.time, .seconds(10), [.killAll]), (.nothingLeft, .seconds(10), [.finish]),
            ],
            [
                (.stop, .zero, [.askProgram]), (.time, .seconds(4), []), (.time, .seconds(5), [.terminateAll]),
                (.time, .seconds(10), [.killAll]), (.time, .milliseconds(10_010), []),
                (.time, .milliseconds(10_020), [.killAll]),
                (.time, .seconds(20), [.finish]), (.time, .seconds(21), []),
            ],
            [
                (.kill, .zero, [.killAll]), (.kill, .zero, []), (.stop, .zero, []),
                (.programEnded(othersLeft: true), .zero, []),
                (.nothingLeft, .zero, [.finish]),
            ],
            [(.nothingLeft, .zero, [.finish]), (.stop, .zero, [])],
        ] as [[Step]])
    func `a guard asks, insists, kills, and gives up in the end`(_ steps: [Step]) {
        var machine = GuardMachine(grace: .seconds(10))
        for step in steps { #expect(machine.handle(step.event, at: step.at) == step.actions, "\(step)") }
    }

    @Test(arguments: [
        GuardOrder(executable: "a", arguments: [], environment: [:]),
        GuardOrder(
            executable: "/x y/z", arguments: ["", "a\nb", "ü=1"], environment: ["A": "", "B": "x=y\n", "": ""],
            directory: "/tmp", user: "nobody", stopSignal: 2, grace: .milliseconds(1), endsWithParent: false,
            deathSignal: 15),
    ])
    func `an order survives the pipe`(_ order: GuardOrder) {
        let bytes = order.encoded
        #expect(
            GuardOrder.length(inHeader: Array(bytes.prefix(GuardOrder.headerLength))) == bytes.count
                - GuardOrder.headerLength)
        #expect(GuardOrder(payload: Array(bytes.dropFirst(GuardOrder.headerLength))) == order)
    }

    @Test(
        arguments: [
            .started(12), .refused(.notFound("a b")), .refused(.noSuchUser("x")),
            .refused(.system(13, during: "running it")),
            .ended(.code(0), leftBehind: 3), .ended(.signal(9), leftBehind: 0), .gone,
        ] as [GuardReport])
    func `a report survives the pipe`(_ report: GuardReport) { #expect(GuardReport(line: report.line) == report) }

    @Test(arguments: ["", "started", "started x", "exited", "nonsense 1", "refused"])
    func `what is no report is none`(_ line: String) { #expect(GuardReport(line: line) == nil) }

    @Test(
        arguments: zip(
            ["12 (a b) c) S 3 4", "1 () Z 0 0", "7 (x R 1", "", "(x) S 1 1", "9 (y) S"],
            [
                ProcessTree.Entry(identifier: 12, parent: 3, name: "a b) c", isZombie: false),
                ProcessTree.Entry(identifier: 1, parent: 0, name: "", isZombie: true), nil, nil, nil, nil,
            ]))
    func `a line of the process table is read from its last parenthesis`(_ line: String, entry: ProcessTree.Entry?) {
        #expect(ProcessTree.Entry(parsing: Array(line.utf8)) == entry)
    }

    @Test func `descendants are found through zombies and circles`() {
        let tree = ProcessTree([
            .init(identifier: 1, parent: 4, name: "a", isZombie: false),
            .init(identifier: 2, parent: 1, name: "b", isZombie: true),
            .init(identifier: 3, parent: 2, name: "c", isZombie: false),
            .init(identifier: 4, parent: 3, name: "d", isZombie: false),
        ])
        #expect(tree.descendants(of: 1) == [3, 4])
        #expect(tree.descendants(of: 99) == [])
    }

    @Test func `listening sockets are read in both families`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0
               1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78 1 0 100 0
               2: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 79 1 0 100 0
               3: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 80 1 0
               4: 0000000000000000FFFF00000100007F:0BB9 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 81 1 0
               5: garbage
            """
        let sockets = ListeningSockets.parse(Array(table.utf8))
        #expect(sockets.map(\.description) == ["127.0.0.1:8080", "0.0.0.0:80", "[::1]:3000", "127.0.0.1:3001"])
        #expect(sockets.map(\.inode) == [77, 78, 80, 81])
        #expect(sockets.map(\.isReachableOnLoopback) == [true, true, false, true])
    }

    @Test(
        arguments: zip(
            [0, 1_709_251_199_999, 1_709_164_800_000, 1_795_219_200_123] as [Int64],
            [
                "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2024-02-29T00:00:00.000Z",
                "2026-11-21T00:00:00.123Z",
            ]))
    func `times are written as in ISO 8601`(_ milliseconds: Int64, text: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == text)
    }
}
