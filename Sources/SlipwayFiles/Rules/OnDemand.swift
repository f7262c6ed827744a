// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A value that is made when it is first asked for.
///
/// Two that ask at once may both make it, because a lock held meanwhile would forbid values that ask for each other.
package final class OnDemand<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () -> Value

    package init(_ make: @escaping @Sendable () -> Value) { self.make = make }

    package var value: Value {
        if let known = made.withLock({ $0 }) { return known }
        let value = make()
        return made.withLock { known in
            if let known { return known }
            known = value
            return value
        }
    }
}
