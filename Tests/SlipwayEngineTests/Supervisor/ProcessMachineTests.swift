// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayCore
@testable import SlipwayEngine

struct ProcessMachineTests {
    private func machine(_ kind: Probe.Kind = .tcp(port: 1)) -> ProcessMachine {
        ProcessMachine(probe: Probe(kind), policy: RestartPolicy(crashLoopAfter: 3))
    }

    @Test func `a process is probed until it is ready, then ten times more rarely`() {
        var machine = machine()
        #expect(
            machine.handle(.start, at: .zero) == [
                .spawn(run: 1), .wake(run: 1, .readyDeadline, after: .seconds(60)),
                .wake(run: 1, .probe, after: .milliseconds(100)),
            ])
        #expect(machine.handle(.time(run: 1, .probe), at: .milliseconds(100)) == [.probe(run: 1)])
        #expect(
            machine.handle(.probed(run: 1, isGood: false), at: .milliseconds(100)) == [
                .wake(run: 1, .probe, after: .milliseconds(100))
            ])
        let actions = machine.handle(.probed(run: 1, isGood: true), at: .milliseconds(1500))
        #expect(machine.state == .ready)
        #expect(machine.timeToReady == .milliseconds(1500))
        #expect(actions == [.clearDiagnosis, .note("ready after 1.5 s"), .wake(run: 1, .probe, after: .seconds(1))])
        // The deadline passes without meaning now.
        #expect(machine.handle(.time(run: 1, .readyDeadline), at: .seconds(60)) == [])
    }

    @Test func `a worker is ready when it has stayed up`() {
        var machine = machine(.uptime(.seconds(2)))
        #expect(machine.handle(.start, at: .zero) == [.spawn(run: 1)])
        #expect(
            machine.handle(.launched(run: 1), at: .seconds(5)) == [.wake(run: 1, .probe, after: .seconds(2))])
        #expect(machine.state == .starting)
        _ = machine.handle(.time(run: 1, .probe), at: .seconds(2))
        #expect(machine.state == .ready)
    }

    @Test func `a worker whose program cannot be started was never ready, however long that took to find out`() {
        var machine = machine(.uptime(.seconds(2)))
        _ = machine.handle(.start, at: .zero)
        #expect(machine.handle(.refused(run: 1), at: .seconds(9)) == [.diagnose(.refused)])
        #expect(machine.state == .failed)
    }

    @Test func `the third short run is a crash loop`() {
        var machine = machine()
        var delays: [Duration] = []
        _ = machine.handle(.start, at: .zero)
        for run in 1...3 {
            for action in machine.handle(.ended(run: run), at: .zero) {
                if case .wake(_, .restart, let delay) = action { delays.append(delay) }
            }
            _ = machine.handle(.time(run: run, .restart), at: .zero)
        }
        #expect(delays == [.milliseconds(200), .milliseconds(400)])
        #expect(machine.state == .failed)
        #expect(machine.restarts == 2)
        #expect(machine.handle(.start, at: .zero) == [])
        #expect(machine.handle(.stop, at: .zero) == [])
        #expect(machine.state == .failed)
    }

    @Test func `a long run forgives the short ones`() {
        var machine = machine()
        _ = machine.handle(.start, at: .zero)
        for run in 1...5 {
            let now = Duration.seconds(20 * run)
            #expect(
                machine.handle(.ended(run: run), at: now).contains(.wake(run: run, .restart, after: .milliseconds(200)))
            )
            _ = machine.handle(.time(run: run, .restart), at: now)
        }
        #expect(machine.state == .starting)
    }

    @Test func `never ready at first is final; later it is one more bad run`() {
        var first = machine()
        _ = first.handle(.start, at: .zero)
        #expect(first.handle(.time(run: 1, .readyDeadline), at: .seconds(60)) == [.diagnose(.neverReady), .end])
        #expect(first.handle(.ended(run: 1), at: .seconds(61)) == [])
        #expect(first.state == .failed)

        var later = machine()
        _ = later.handle(.start, at: .zero)
        _ = later.handle(.probed(run: 1, isGood: true), at: .zero)
        _ = later.handle(.ended(run: 1), at: .seconds(1))
        _ = later.handle(.time(run: 1, .restart), at: .seconds(2))
        #expect(later.handle(.time(run: 2, .readyDeadline), at: .seconds(62)) == [.diagnose(.neverReady), .end])
        _ = later.handle(.ended(run: 2), at: .seconds(63))
        #expect(later.state == .backoff)
    }

    @Test func `three failed probes in a row restart a ready process, two do not`() {
        var machine = machine()
        _ = machine.handle(.start, at: .zero)
        for isGood in [true, false, false, true, false, false] {
            _ = machine.handle(.probed(run: 1, isGood: isGood), at: .zero)
        }
        #expect(machine.state == .ready)
        #expect(machine.handle(.probed(run: 1, isGood: false), at: .seconds(30)) == [.diagnose(.unhealthy), .end])
        #expect(machine.state == .unhealthy)
        _ = machine.handle(.ended(run: 1), at: .seconds(31))
        #expect(machine.state == .backoff)
    }

    @Test func `what cannot be started at all is not tried again`() {
        var machine = machine()
        _ = machine.handle(.start, at: .zero)
        #expect(machine.handle(.refused(run: 1), at: .zero) == [.diagnose(.refused)])
        #expect(machine.state == .failed)
    }

    @Test func `events of an earlier run are nothing`() {
        var machine = machine()
        _ = machine.handle(.start, at: .zero)
        _ = machine.handle(.ended(run: 1), at: .zero)
        _ = machine.handle(.time(run: 1, .restart), at: .zero)
        let before = machine.state
        for event in [.ended(run: 1), .probed(run: 1, isGood: true), .time(run: 1, .readyDeadline), .refused(run: 0)]
            as [ProcessMachine.Event]
        {
            #expect(machine.handle(event, at: .zero) == [])
        }
        #expect(machine.state == before)
    }

    @Test(
        arguments: [[], [.ended(run: 1)], [.probed(run: 1, isGood: true)], [.time(run: 1, .readyDeadline)]]
            as [[ProcessMachine.Event]])
    func `stop ends in every state, and nothing starts again`(_ events: [ProcessMachine.Event]) {
        var machine = machine()
        _ = machine.handle(.start, at: .zero)
        for event in events { _ = machine.handle(event, at: .zero) }
        _ = machine.handle(.stop, at: .zero)
        _ = machine.handle(.ended(run: 1), at: .zero)
        #expect(machine.isSettled)
        #expect(machine.handle(.time(run: 1, .restart), at: .zero) == [])
    }

    @Test func `stop before the start needs no process`() {
        var machine = machine()
        #expect(machine.handle(.stop, at: .zero) == [])
        #expect(machine.state == .stopped)
    }
}
