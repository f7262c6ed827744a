// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// All native builders; the first that accepts a service builds it, and the last accepts every service.
package enum BuilderCatalog {
    package static let all: [any NativeBuilder] = [
        StaticBuilder(), PythonBuilder(), NodeBuilder(), SwiftBuilder(), GoBuilder(), ShellBuilder(),
    ]

    package static func builder(for service: Service) -> any NativeBuilder {
        all.first { $0.accepts(service) } ?? ShellBuilder()
    }
}
