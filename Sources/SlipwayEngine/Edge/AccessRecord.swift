// SPDX-License-Identifier: Apache-2.0

/// One answered request, as the access log sees it.
public struct AccessRecord: Equatable, Sendable {
    /// The client's address without port.
    public let client: String
    /// `GET`.
    public let method: String
    /// As received, with the query.
    public let target: String
    /// `nil` when no route matched.
    public let service: String?
    /// 0 when the client left before there was an answer.
    public let status: UInt16
    /// From the request's complete head to the end of its response.
    public let duration: Duration
    /// The id that went to the service and to the client.
    public let requestID: String
}
