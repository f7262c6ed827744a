// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Finds in what the repository says why a start failed, where the failure's own words lead people astray. Pure.
package struct StartFailure: Sendable {
    private let application: AppSpec

    package init(_ application: AppSpec) { self.application = application }

    /// What drivers say when they do not reach their server.
    private static let unreached = [
        "could not translate host name", "name or service not known", "name resolution", "getaddrinfo", "enotfound",
        "eai_again", "connection refused", "econnrefused", "can't connect to", "errno 111", "error 111", "error -2",
        "error -3", "authentication failed", "serverselectiontimeout", "no address associated",
    ]

    /// The same error with the likely cause and its mend; other errors as they are.
    package func explained(_ error: any Error) -> any Error {
        guard let failure = error as? SlipwayError, [.releaseFailed, .unhealthyService].contains(failure.code) else {
            return error
        }
        return fixedAddress(failure) ?? failure
    }

    private func text(of failure: SlipwayError) -> String {
        ([failure.message] + failure.details).joined(separator: "\n")
    }

    private func fixedAddress(_ failure: SlipwayError) -> SlipwayError? {
        let text = text(of: failure).lowercased()
        guard Self.unreached.contains(where: text.contains) else { return nil }
        let fixed = application.resources.filter { $0.fixedAddress != nil }
        let named = fixed.first { text.contains($0.fixedAddress?.host.lowercased() ?? "\n\n") }
        guard let resource = named ?? fixed.first, let address = resource.fixedAddress else { return nil }
        return SlipwayError(
            failure.code,
            "\(failure.message); most likely because \(address.place) looks for \(resource.kind.rawValue) at "
                + "\(address.host)",
            hint: "\(address.place): \(address.remedy)", details: failure.details, cause: failure.cause)
    }
}
