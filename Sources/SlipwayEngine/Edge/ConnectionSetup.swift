// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// Puts together the handlers of one accepted connection.
struct ConnectionSetup {
    let loop: EdgeLoop
    let channel: any Channel

    /// - Parameter balancers: From their addresses a connection begins with a PROXY header, and only from theirs.
    func install(balancers: [IPNetwork]) throws {
        guard !balancers.isEmpty, let ip = IPAddress(channel.remoteAddress),
            balancers.contains(where: { $0.contains(ip) })
        else { return try serve(channel.remoteAddress) }
        let deadline = TimeAmount.nanoseconds(loop.limits.headerTimeout.nanoseconds)
        try channel.pipeline.syncOperations.addHandler(
            ProxyHeaderReader(deadline: deadline) { address in try serve(address ?? channel.remoteAddress) })
    }

    private func serve(_ remote: SocketAddress?) throws {
        let identity = ClientIdentity(remote)
        let connection = ClientConnection(loop: loop, identity: identity, account: account(of: identity))
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    private func account(of identity: ClientIdentity) -> ClientAccount? {
        guard let account = loop.account(of: identity) else { return nil }
        channel.closeFuture.assumeIsolated().whenComplete { _ in account.connections -= 1 }
        return account
    }
}
