// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A process's log: `2026-11-21T00:00:00.123Z out text` by line, mode 0600, rotated by renaming.
///
/// A line that cannot be written (a full disk) is lost: a service must not stop because nobody can keep its words.
package final class ProcessLog: Sendable {
    package enum Stream: String, Sendable {
        case out, err
        /// What the engine itself has to say.
        case sys
    }

    /// In bytes; 10 MB and three older files are what Docker's documentation recommends for json-file.
    package static let rotationSize = 10 << 20
    package static let olderFiles = 3
    /// Kept in memory for a diagnosis.
    package static let recentLines = 30

    private struct State {
        var descriptor: Int32
        var size: Int
        var lines: [Stream: LogLines] = [:]
        var recent: [String] = []
    }

    private let path: String
    private let redactor: Redactor
    private let rotationSize: Int
    private let state: Mutex<State>

    package init(path: String, redactor: Redactor, rotationSize: Int = ProcessLog.rotationSize) {
        self.path = path
        self.redactor = redactor
        self.rotationSize = rotationSize
        let opened = Self.open(path)
        state = Mutex(State(descriptor: opened.descriptor, size: opened.size))
    }

    deinit { state.withLock { if $0.descriptor >= 0 { Descriptor.close($0.descriptor) } } }

    /// The last lines since ``forget()``, redacted.
    package var recent: [String] { state.withLock { $0.recent } }

    /// A new run of the process begins; a diagnosis must not show lines of an earlier one.
    package func forget() { state.withLock { $0.recent = [] } }

    /// What another process needs to go on writing.
    package struct Memory: Codable, Equatable, Sendable {
        /// See ``ProcessLog/recent``.
        package var recent: [String] = []
        /// Unfinished lines of the output and of the errors.
        package var output: [UInt8] = []
        package var errors: [UInt8] = []
    }

    package var memory: Memory {
        state.withLock {
            Memory(
                recent: $0.recent, output: $0.lines[.out]?.unfinished ?? [], errors: $0.lines[.err]?.unfinished ?? [])
        }
    }

    package func restore(_ memory: Memory) {
        append(memory.output, from: .out)
        append(memory.errors, from: .err)
        state.withLock { $0.recent = memory.recent }
    }

    package func append(_ bytes: [UInt8], from stream: Stream) {
        state.withLock { state in
            var lines = state.lines[stream] ?? LogLines(redactor: redactor)
            // Two owners would make each feed copy what is pending.
            state.lines[stream] = nil
            var batch = Batch(stream: stream)
            lines.feed(bytes) { batch.add($0) }
            state.lines[stream] = lines
            store(batch, in: &state)
        }
    }

    /// The process ended: unfinished lines are complete now.
    package func finish() {
        state.withLock { state in
            for stream in [Stream.out, .err] {
                var batch = Batch(stream: stream)
                state.lines[stream]?.finish { batch.add($0) }
                store(batch, in: &state)
            }
        }
    }

    package func note(_ text: String) { append(Array((text + "\n").utf8), from: .sys) }

    private func store(_ batch: Batch, in state: inout State) {
        guard !batch.bytes.isEmpty else { return }
        state.recent = (state.recent + batch.tail).suffix(Self.recentLines)
        if state.size + batch.bytes.count > rotationSize, state.size > 0 { rotate(&state) }
        if state.descriptor >= 0, Descriptor.write(batch.bytes, to: state.descriptor) {
            state.size += batch.bytes.count
        }
    }

    private func rotate(_ state: inout State) {
        if state.descriptor >= 0 { Descriptor.close(state.descriptor) }
        for number in stride(from: Self.olderFiles, to: 1, by: -1) {
            _ = rename("\(path).\(number - 1)", "\(path).\(number)")
        }
        _ = rename(path, "\(path).1")
        let opened = Self.open(path)
        state.descriptor = opened.descriptor
        state.size = opened.size
    }

    private static func open(_ path: String) -> (descriptor: Int32, size: Int) {
        let descriptor = openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return (-1, 0) }
        _ = fchmod(descriptor, 0o600)
        return (descriptor, max(Int(lseek(descriptor, 0, SEEK_END)), 0))
    }
}

/// Lines of one read, formatted for the file.
private struct Batch {
    private let prefix: [UInt8]
    var bytes: [UInt8] = []
    private var lines: [ArraySlice<UInt8>] = []

    init(stream: ProcessLog.Stream) { prefix = Array("\(Timestamp.now()) \(stream.rawValue) ".utf8) }

    var tail: [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    mutating func add(_ line: ArraySlice<UInt8>) {
        bytes += prefix
        // Repairing is slow and hardly ever needed; plain ASCII goes through as it is.
        if line.allSatisfy({ $0 < 0x80 }) { bytes += line } else { bytes += String(decoding: line, as: UTF8.self).utf8 }
        bytes.append(UInt8(ascii: "\n"))
        lines.append(line)
        if lines.count > 2 * ProcessLog.recentLines { lines.removeFirst(ProcessLog.recentLines) }
    }
}

private func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o600) }
