// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// TCP ports of 127.0.0.1.
package enum LoopbackPort {
    /// Whether nothing listens there, and a server could.
    package static func isFree(_ port: UInt16) -> Bool { bind(port) != nil }

    /// A port that nothing uses.
    /// - Parameters:
    ///   - preferred: Taken when it is free, so that a service keeps its port from run to run.
    ///   - avoiding: Ports that are promised to somebody else already.
    /// - Throws: ``SlipwayError`` `portInUse` when the system has none left.
    package static func free(preferring preferred: UInt16? = nil, avoiding: Set<UInt16> = []) throws -> UInt16 {
        if let preferred, !avoiding.contains(preferred), isFree(preferred) { return preferred }
        // The system hands out a different port each time; the bound only guards against a full table.
        for _ in 0..<64 {
            if let port = bind(0), !avoiding.contains(port) { return port }
        }
        throw SlipwayError(.portInUse, "no TCP port is free on 127.0.0.1", hint: "ss -tln")
    }

    private static func bind(_ port: UInt16) -> UInt16? {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Servers set this too; without it a port in TIME_WAIT would look taken.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard systemBind(descriptor, generic, length) == 0, listen(descriptor, 1) == 0,
                    getsockname(descriptor, generic, &length) == 0
                else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
    }
}

private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(descriptor, address, length)
}
