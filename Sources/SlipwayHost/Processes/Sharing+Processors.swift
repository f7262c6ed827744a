// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SlipwayCore

extension Sharing {
    /// As many calls at a time as there are processors.
    static let allProcessors = Sharing { count, body in
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}
