// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The environments of all services, complete.
package struct ResolvedEnvironment: Equatable, Sendable {
    /// By service.
    package var services: [String: ServiceEnvironment]
    /// What was generated now and must be kept; values that existed are not in it.
    package var generated: [String: Secret]
    /// Values that logs and errors must not show.
    package var secrets: [Secret]

    package subscript(service: String) -> ServiceEnvironment { services[service] ?? ServiceEnvironment() }
}
