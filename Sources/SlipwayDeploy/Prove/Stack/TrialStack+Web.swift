// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

extension TrialStack {
    func webPort(of service: String) -> UInt16? { webPorts[service] }

    /// The loopback port behind which a service answers; it changes with each start of its container.
    func address(of service: String) async throws -> UInt16? {
        guard let target = webPort(of: service), let facts = try await container(service) else { return nil }
        return facts.published.first { $0.target == target }?.port
    }

    /// One request to a service.
    /// - Returns: `nil` when nobody answered HTTP.
    func request(
        _ method: String = "GET", _ path: String, of service: String, headers: [String: String] = [:],
        body: HTTPCall.Body = .none, deadline: Duration = .seconds(10)
    ) async throws -> HTTPReply? {
        guard let port = try await address(of: service) else { return nil }
        return await HTTPCall(method, path, port: port, headers: headers, body: body, deadline: deadline).perform()
    }
}

extension HTTPReply {
    /// `200 text/html`.
    var shown: String {
        let kind = header("content-type")?.prefix { $0 != ";" } ?? ""
        return kind.isEmpty ? "\(status)" : "\(status) \(kind)"
    }
}

extension HTTPReply? {
    /// `200 text/html`, or that there was no answer: for evidence.
    var shown: String { self?.shown ?? "no answer" }
}
