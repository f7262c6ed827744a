// SPDX-License-Identifier: Apache-2.0

/// How independent pieces of work are shared among the machine's processors.
package struct Sharing: Sendable {
    /// One call after the other.
    package static let none = Sharing { count, body in for number in 0..<count { body(number) } }

    private let perform: @Sendable (Int, @Sendable (Int) -> Void) -> Void

    /// - Parameter perform: Calls the closure once with each number below the count, in any order, and returns when all
    ///   calls have.
    package init(_ perform: @escaping @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void) {
        self.perform = perform
    }

    /// The results, in their order.
    package func results<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            guard let start = buffer.baseAddress else { return }
            let slots = Slots(start: start)
            perform(count) { number in (slots.start + number).initialize(to: body(number)) }
            initializedCount = count
        }
    }

    /// Where each call puts its own result, so that none waits for another.
    private struct Slots<Result>: @unchecked Sendable {
        let start: UnsafeMutablePointer<Result>
    }
}
