// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The environment that this process was started with.
package enum ProcessVariables {
    package static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// All of them.
    package static var all: [String: String] { ProcessInfo.processInfo.environment }

    /// The values of the given names that are set.
    package static func values(of names: some Sequence<String>) -> [String: String] {
        var found: [String: String] = [:]
        for name in names { found[name] = value(of: name) }
        return found
    }
}
