// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore

/// Binds one port on several addresses.
struct Listener {
    /// With port 0 the system's choice for one family may be taken in the other.
    private static let attempts = 20

    let group: MultiThreadedEventLoopGroup
    let loops: [NIOLoopBound<EdgeLoop>]
    /// Who begins each connection with a PROXY header.
    let balancers: [IPNetwork]
    /// `nil` for a plain port.
    var certificates: CertificateStore?

    func bind(_ hosts: [String], port: UInt16) async throws -> [any Channel] {
        for attempt in 1...Self.attempts {
            var bound: [any Channel] = []
            do {
                for host in hosts {
                    let chosen = bound.first?.localAddress?.port ?? Int(port)
                    if let channel = try await bind(host, port: chosen) { bound.append(channel) }
                }
                guard !bound.isEmpty else {
                    throw SlipwayError(.engineFailed, "no address of \(hosts.joined(separator: ", ")) can be bound")
                }
                return bound
            } catch {
                for channel in bound { try? await channel.close() }
                let mayRetry = port == 0 && !bound.isEmpty && attempt < Self.attempts
                guard mayRetry, (error as? SlipwayError)?.code == .portInUse else { throw error }
            }
        }
        throw SlipwayError(.portInUse, "no port is free on all of \(hosts.joined(separator: ", "))")
    }

    /// Takes over sockets that another process has bound; nothing is accepted before the channels are told to read.
    func adopt(_ descriptors: [Int32]) async throws -> [any Channel] {
        var adopted: [any Channel] = []
        for descriptor in descriptors {
            adopted.append(
                try await bootstrap.serverChannelOption(.autoRead, value: false).withBoundSocket(descriptor).get())
        }
        return adopted
    }

    private var bootstrap: ServerBootstrap {
        let (loops, balancers, certificates) = (loops, balancers, certificates)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: EdgeLoop.receiveAllocator)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.first(where: { $0.eventLoop === channel.eventLoop }) else { return }
                    try ConnectionSetup(loop: loop.value, channel: channel)
                        .install(balancers: balancers, certificates: certificates)
                }
            }
    }

    /// - Returns: `nil` when the machine does not have this address's family.
    private func bind(_ host: String, port: Int) async throws -> (any Channel)? {
        do {
            return try await bootstrap.bind(host: host, port: port).get()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw SlipwayError(
                .portInUse, "port \(port) is in use",
                hint: "free it, or run: slipway up --port \(port < 65_535 ? port + 1 : 8080)", cause: error)
        } catch let error as IOError where error.errnoCode == EACCES {
            throw SlipwayError(
                .portInUse, "port \(port) needs root", hint: "run: slipway up --port 8080", cause: error)
        } catch let error as IOError where [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode) {
            return nil
        }
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
