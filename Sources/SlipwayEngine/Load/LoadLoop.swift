// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// The clients of one rehearsal, all on one event loop.
final class LoadLoop {
    /// Requests that are due within a tick are sent together.
    private static let tick = TimeAmount.milliseconds(2)
    /// What is due waits while this many have no answer yet, and counts from when it was due: a generator that falls
    /// behind must not bury itself, and the application, under ever more connections.
    private static let mostUnderway = 2048
    /// A stream that was ended comes back, spread a little, as browsers do.
    private static let comeback = TimeAmount.milliseconds(50)

    let plan: LoadPlan
    let eventLoop: any EventLoop
    private(set) var result = LoadResult()
    private var stretch = ""
    private var began = NIODeadline.now()
    private var sent = 0
    private var underway = 0
    private var idle: [LoadRequest] = []
    private var streams: [ObjectIdentifier: any Channel] = [:]
    private var uploadsUnderway = 0
    private(set) var isStopping = false

    init(_ plan: LoadPlan, eventLoop: any EventLoop) {
        self.plan = plan
        self.eventLoop = eventLoop
    }

    var isBusy: Bool { underway > 0 || uploadsUnderway > 0 }

    func begin(_ stretch: String) {
        self.stretch = stretch
        if result.stretches[stretch] == nil { result.stretches[stretch] = LoadResult.Stretch() }
    }

    func start() {
        began = .now()
        for _ in 0..<plan.webSockets { openSocket() }
        for _ in 0..<plan.eventStreams { openEvents() }
        for _ in 0..<plan.uploads { openUpload() }
        schedule()
    }

    func stop() { isStopping = true }

    func close() {
        isStopping = true
        for request in idle { request.close() }
        for channel in streams.values { channel.close(promise: nil) }
        idle = []
        streams = [:]
    }

    // MARK: Requests

    private func schedule() {
        eventLoop.assumeIsolated().scheduleTask(in: Self.tick) {
            guard !self.isStopping else { return }
            self.sendDue()
            self.schedule()
        }
    }

    private func sendDue() {
        let passed = (NIODeadline.now() - began).nanoseconds
        let due = Int(passed / 1_000_000 * Int64(plan.rate) / 1000)
        while sent < due, underway < Self.mostUnderway {
            let dueAt = began + .nanoseconds(Int64(sent) * 1_000_000_000 / Int64(max(plan.rate, 1)))
            send(plan.paths[sent % plan.paths.count], dueAt: dueAt, isKept: plan.keepsAlive && sent % 2 == 0)
            sent += 1
        }
    }

    private func send(_ path: String, dueAt: NIODeadline, isKept: Bool) {
        underway += 1
        let stretch = stretch
        let request = LoadRequest.get(path, closes: !isKept)
        let finish: (LoadRequest, LoadRequest.Outcome) -> Void = { connection, outcome in
            self.underway -= 1
            self.count(outcome, stretch: stretch, dueAt: dueAt)
            if isKept, connection.canCarryMore, !self.isStopping { self.idle.append(connection) }
        }
        if isKept {
            while let kept = idle.popLast() {
                if kept.send(request, timeout: .nanoseconds(plan.timeout.nanoseconds), finish) { return }
            }
        }
        LoadRequest.open(
            port: plan.port, eventLoop: eventLoop, request: request, timeout: .nanoseconds(plan.timeout.nanoseconds),
            finish)
    }

    private func count(_ outcome: LoadRequest.Outcome, stretch: String, dueAt: NIODeadline) {
        let latency = NIODeadline.now() - dueAt
        let isLate = latency.nanoseconds > plan.lateAfter.nanoseconds
        let number = Int((dueAt - began).nanoseconds / LoadResult.sliceLength.nanoseconds)
        while result.slices.count <= number { result.slices.append(LoadResult.Stretch()) }
        result.slices[number].count(outcome, nanoseconds: latency.nanoseconds, isLate: isLate)
        result.stretches[stretch, default: LoadResult.Stretch()]
            .count(outcome, nanoseconds: latency.nanoseconds, isLate: isLate)
        switch outcome {
        case .answered(let status): if status >= 500 { result.reasons["status \(status)", default: 0] += 1 }
        case .lost(let reason): result.reasons[reason, default: 0] += 1
        }
    }

    // MARK: Streams

    private func openSocket() {
        open(LoadStream.socketRequest(plan.webSocketPath), kind: .webSocket, \.webSockets) { $0.openSocket() }
    }

    private func openEvents() {
        open(LoadStream.eventRequest(plan.eventPath), kind: .events, \.eventStreams) { $0.openEvents() }
    }

    private func open(
        _ request: String, kind: LoadStream.Kind, _ counter: WritableKeyPath<LoadResult, LoadResult.Streams>,
        again: @escaping (LoadLoop) -> Void
    ) {
        guard !isStopping else { return }
        LoadStream.open(port: plan.port, eventLoop: eventLoop, request: request, kind: kind) { stream, event in
            switch event {
            case .opened:
                self.result[keyPath: counter].opened += 1
                if let channel = stream.channel { self.streams[ObjectIdentifier(stream)] = channel }
                return
            case .ended: self.result[keyPath: counter].ended += 1
            case .cut where !self.isStopping: self.result[keyPath: counter].cut += 1
            case .refused where !self.isStopping: self.result[keyPath: counter].refused += 1
            case .cut, .refused: return
            }
            self.streams[ObjectIdentifier(stream)] = nil
            self.eventLoop.assumeIsolated().scheduleTask(in: Self.comeback) { again(self) }
        }
    }

    private func openUpload() {
        guard !isStopping else { return }
        uploadsUnderway += 1
        result.uploads.opened += 1
        let request = LoadRequest.post(plan.uploadPath, size: plan.uploadSize)
        let finish: (LoadRequest, LoadRequest.Outcome) -> Void = { _, outcome in
            self.uploadsUnderway -= 1
            switch outcome {
            case .answered(let status) where status < 500: self.result.uploads.ended += 1
            case .answered(let status):
                self.result.uploads.refused += 1
                self.result.reasons["upload: status \(status)", default: 0] += 1
            case .lost(let reason):
                self.result.uploads.cut += 1
                self.result.reasons["upload: \(reason)", default: 0] += 1
            }
            self.eventLoop.assumeIsolated().scheduleTask(in: Self.comeback) { self.openUpload() }
        }
        let timeout = plan.uploadTime + plan.timeout
        LoadRequest.open(
            port: plan.port, eventLoop: eventLoop, request: request, body: (plan.uploadSize, plan.uploadTime),
            timeout: .nanoseconds(timeout.nanoseconds), finish)
    }
}
