// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

extension Project {
    /// For the engine to answer.
    private static let maintenanceDeadline = Duration.seconds(10)

    /// Requests for the application's processes are answered 503 from now on, or go on.
    /// - Parameter patience: How long each waits first, in case it is over by then; zero refuses at once.
    /// - Returns: The services that it is about.
    /// - Throws: ``SlipwayError`` `not-running`.
    public func maintain(_ isOn: Bool, patience: Duration) async throws -> [String] {
        let status = try await status().engine
        let services = Set((status.routes ?? []).map(\.service)).sorted()
        // What is in force already, a deploy's own holding among it, stays as it is.
        let limit = patience > .zero ? HoldOrder(services: []).limit : 0
        let request: EngineRequest =
            isOn
            ? .hold(HoldOrder(services: services, patience: patience, limit: limit)) : .unhold(services)
        try await client().perform(request, deadline: Self.maintenanceDeadline)
        return services
    }
}
