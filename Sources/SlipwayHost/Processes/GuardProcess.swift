// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The program `slipway engine guard`: runs one service and outlives everybody who could leave it orphaned.
///
/// It must run on the main thread of a process without other threads: the kernel sends the service its parent-death
/// signal when the thread that started it ends (prctl(2)).
package struct GuardProcess {
    package static let controlDescriptor: Int32 = 3
    package static let reportDescriptor: Int32 = 4
    /// What the parent writes into the control pipe after the order; its closing asks to stop as well.
    package static let stopByte = UInt8(ascii: "s")
    package static let killByte = UInt8(ascii: "k")
    /// How often in a row the program was brought back, each time to be gone again soon.
    package static let revivalVariable = "SLIPWAY_REVIVALS"
    private static let revivalLimit = 5
    /// A program that lived so long has not died of being brought back. 10 s is systemd's StartLimitIntervalSec.
    private static let stableAfter = Duration.seconds(10)

    private let order: GuardOrder
    private let signals: Int32
    private let began = ContinuousClock.now
    private var machine: GuardMachine
    private var program: Int32?
    private var exit: ProcessExit?
    /// Where the program names its successor; -1 when it may have none, or nobody holds the other end any more.
    private var succession: Int32 = -1
    /// What brings the program back: a successor may be of a newer binary.
    private var revivalExecutable: String
    private var isControlOpen = true
    private var wasAskedToEnd = false

    /// Call this first in the program's entry point: does not return when the arguments ask for a guard.
    package static func runIfAsked() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, arguments[1] == "engine", arguments[2] == "guard" else { return }
        leave(run())
    }

    /// - Returns: The exit status for the process: the program's own, 127 when it could not be started.
    package static func run() -> Int32 {
        slipway_ignore_broken_pipes()
        ProcessName.set("slipway-guard")
        guard let order = readOrder() else { return 64 }
        let watched = [SIGCHLD, SIGTERM, SIGINT, SIGHUP]
        let signals = slipway_watch_signals(watched, Int32(watched.count))
        guard signals >= 0 else { return 70 }
        Descriptor.setNonBlocking(signals)
        _ = slipway_become_subreaper()
        var process = GuardProcess(order: order, signals: signals)
        return process.supervise()
    }

    private init(order: GuardOrder, signals: Int32) {
        self.order = order
        self.signals = signals
        machine = GuardMachine(grace: order.grace)
        revivalExecutable = order.executable
    }

    private static func readOrder() -> GuardOrder? {
        guard let header = readExactly(GuardOrder.headerLength), let length = GuardOrder.length(inHeader: header),
            let payload = readExactly(length)
        else { return nil }
        return GuardOrder(payload: payload)
    }

    private static func readExactly(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = Descriptor.read(controlDescriptor, limit: count - bytes.count), !more.isEmpty else {
                return nil
            }
            bytes += more
        }
        return bytes
    }

    private mutating func supervise() -> Int32 {
        let ends = order.allowsSuccession ? Descriptor.pipe() : nil
        defer { if succession >= 0 { Descriptor.close(succession) } }
        do throws(ChildProcess.Failure) {
            var environment = order.environment
            if ends != nil { environment[GuardSuccession.variable] = "\(GuardSuccession.descriptor)" }
            let program = try ChildProcess(
                order.executable, order.arguments, environment: environment, directory: order.directory,
                user: order.user, descriptors: [0, 1, 2] + (ends.map { [$0.write] } ?? []),
                deathSignal: order.deathSignal
            ).start()
            if let ends {
                Descriptor.close(ends.write)
                Descriptor.setNonBlocking(ends.read)
                succession = ends.read
            }
            self.program = program
            report(.started(program))
        } catch {
            report(.refused(error))
            report(.gone)
            return 127
        }
        // Held open here, the pipes would never end for those who read the program's output.
        for descriptor in Int32(0)...2 { Descriptor.close(descriptor) }
        for _ in 0...2 { _ = open("/dev/null", O_RDWR) }

        while true {
            waitForEvent()
            for event in collectEvents() {
                if event == .stop || event == .kill { wasAskedToEnd = true }
                for action in machine.handle(event, at: ContinuousClock.now - began) {
                    if action == .finish {
                        report(.gone)
                        revive()
                        return exit?.status ?? 0
                    }
                    perform(action)
                }
            }
        }
    }

    /// Starts what brings the program back, when somebody killed it or it crashed; one that was asked to end stays ended.
    private func revive() {
        guard !order.revival.isEmpty, !wasAskedToEnd, case .signal = exit else { return }
        let livedLong = ContinuousClock.now - began > Self.stableAfter
        let count = livedLong ? 0 : order.revivalEnvironment[Self.revivalVariable].flatMap(Int.init) ?? 0
        guard count < Self.revivalLimit else { return }
        // Whoever killed it may be about to do something himself; and each time in a row it is less likely to help.
        _ = poll(nil, 0, Int32(500 << count))
        var environment = order.revivalEnvironment
        environment[Self.revivalVariable] = "\(count + 1)"
        _ = try? ChildProcess(revivalExecutable, order.revival, environment: environment, directory: order.directory)
            .start()
    }

    private func waitForEvent() {
        var descriptors = [
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isControlOpen ? Self.controlDescriptor : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: succession, events: Int16(POLLIN), revents: 0),
        ]
        var timeout: Int32 = -1
        if let wakeUp = machine.wakeUp {
            let left = wakeUp - (ContinuousClock.now - began)
            let (seconds, attoseconds) = left.components
            timeout = Int32(clamping: max(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1, 0))
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), timeout)
    }

    private mutating func collectEvents() -> [GuardMachine.Event] {
        var events: [GuardMachine.Event] = []
        if let numbers = Descriptor.read(signals, limit: 256) {
            for number in numbers where Int32(number) != SIGCHLD { events.append(.stop) }
        }
        events += readControl()
        readSuccession()
        events += reap()
        events.append(.time)
        return events
    }

    private mutating func readControl() -> [GuardMachine.Event] {
        guard isControlOpen else { return [] }
        var state = pollfd(fd: Self.controlDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return [] }
        guard let bytes = Descriptor.read(Self.controlDescriptor, limit: 256), !bytes.isEmpty else {
            isControlOpen = false
            return order.endsWithParent ? [.stop] : []
        }
        return bytes.compactMap { $0 == Self.stopByte ? .stop : $0 == Self.killByte ? .kill : nil }
    }

    /// The process that the program names is the program from now on.
    private mutating func readSuccession() {
        guard succession >= 0, let bytes = Descriptor.read(succession, limit: 8192) else { return }
        guard !bytes.isEmpty else {
            Descriptor.close(succession)
            succession = -1
            return
        }
        for named in GuardSuccession.all(in: bytes) {
            guard
                named.identifier == program
                    || ProcessTree.current().descendants(of: getpid()).contains(named.identifier)
            else { continue }
            program = named.identifier
            if let executable = named.executable { revivalExecutable = executable }
        }
    }

    /// Reaps whatever ended, adopted descendants too.
    private mutating func reap() -> [GuardMachine.Event] {
        var events: [GuardMachine.Event] = []
        while true {
            var status: Int32 = 0
            let child = waitpid(-1, &status, WNOHANG)
            if child == 0 { break }
            if child < 0 {
                if errno == EINTR { continue }
                // Nobody is left: as a subreaper, this process is the parent of everything below it in the end.
                if exit != nil { events.append(.nothingLeft) }
                break
            }
            // It may have named its successor as the last thing it did.
            if child == program { readSuccession() }
            guard child == program else { continue }
            let reason: ProcessExit =
                slipway_status_exited(status)
                ? .code(slipway_status_code(status)) : .signal(slipway_status_signal(status))
            exit = reason
            let left = ProcessTree.current().descendants(of: getpid()).count
            report(.ended(reason, leftBehind: left))
            events.append(.programEnded(othersLeft: true))
        }
        return events
    }

    private func perform(_ action: GuardMachine.Action) {
        switch action {
        case .askProgram: askProgram()
        case .terminateAll: signalAll(SIGTERM)
        case .killAll: signalAll(SIGKILL)
        case .finish: break
        }
    }

    /// A shell does not pass a signal on, so what it runs gets the signal as well.
    private func askProgram() {
        guard let program, exit == nil else { return }
        let tree = ProcessTree.current()
        var targets = [program]
        var index = 0
        while index < targets.count {
            if let name = tree.entries[targets[index]]?.name, Self.shells.contains(name) {
                targets += tree.children(of: targets[index])
            }
            index += 1
        }
        for target in targets { _ = kill(target, order.stopSignal) }
    }

    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"]

    private func signalAll(_ number: Int32) {
        #if os(Linux)
        for process in ProcessTree.current().descendants(of: getpid()) { _ = kill(process, number) }
        #else
        // Without a way to list descendants the process group has to do; a program that left it is out of reach.
        if let program { _ = killpg(program, number) }
        #endif
    }

    private func report(_ report: GuardReport) {
        Descriptor.write(Array((report.line + "\n").utf8), to: Self.reportDescriptor)
    }
}

private func leave(_ status: Int32) -> Never { exit(status) }
