// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import SlipwayCore
internal import SlipwayHost

/// Collects one event loop's lines and hands them to the disk in large pieces, so that no request waits for one.
final class AccessLog {
    private static let pieceSize = 32 << 10

    let query: AccessLogRules.Query
    private let file: AccessLogFile
    private var pending: [UInt8] = []

    init(_ rules: AccessLogRules, file: AccessLogFile) {
        query = rules.query
        self.file = file
    }

    func append(_ begun: [UInt8], _ outcome: AccessLine.Outcome) {
        AccessLine.append(begun, outcome, to: &pending)
        if pending.count >= Self.pieceSize { flush() }
    }

    func flush() {
        guard !pending.isEmpty else { return }
        file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }
}

/// The file that all event loops write to, in the order in which they ask.
final class AccessLogFile: Sendable {
    private let queue = DispatchQueue(label: "slipway.access-log", qos: .utility)
    private let file: RotatingFile

    init(_ rules: AccessLogRules) {
        file = RotatingFile(path: rules.path, rotationSize: rules.rotationSize, olderFiles: rules.olderFiles)
    }

    func write(_ lines: [UInt8]) {
        let file = file
        queue.async { file.write(lines) }
    }

    /// Blocks until everything is written.
    func finish() { queue.sync {} }
}
