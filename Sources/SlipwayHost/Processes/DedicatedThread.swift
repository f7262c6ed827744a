// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A thread for work that blocks, which the cooperative pool must not.
package enum DedicatedThread {
    /// Waits for work that blocks without keeping others waiting.
    package static func value<Value: Sendable>(of body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in start { continuation.resume(returning: body()) } }
    }

    package static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
        #if canImport(Darwin)
        var thread: pthread_t?
        let result = pthread_create(&thread, nil, { runBody($0) }, box)
        if result == 0, let thread { pthread_detach(thread) }
        #else
        var thread: pthread_t = 0
        let result = pthread_create(&thread, nil, { runBody($0) }, box)
        if result == 0 { pthread_detach(thread) }
        #endif
        // Without a thread the work still has to be done, if in the way of others.
        if result != 0 { _ = runBody(box) }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

@discardableResult
private func runBody(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let pointer { Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run() }
    return nil
}
