// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What an engine and its successor say to each other, in this order.
enum SuccessionMessage: Codable, Equatable, Sendable {
    /// The successor runs, and understands this format.
    case hello(format: Int, version: String)
    /// Everything, with the open descriptors.
    case state(Inheritance)
    /// The successor could go on now.
    case ready
    case refused(EngineFailure)
    /// From here on it is the successor's.
    case go
    /// It serves.
    case running
    /// What concerns requests that are still under way in the engine before.
    case request(EngineRequest)
    case reply(EngineReply)

    /// Raised when an older engine's state cannot be read any more.
    static let format = 1
}

extension DescriptorChannel {
    /// - Returns: False when the other side is gone.
    func tell(_ message: SuccessionMessage, descriptors: [Int32] = []) async -> Bool {
        guard let bytes = try? JSONEncoder().encode(message) else { return false }
        return await DedicatedThread.value { self.send(Array(bytes), descriptors: descriptors) }
    }

    /// - Parameter limit: `nil` waits as long as the other side lives.
    func hear(within limit: Duration?) async -> (message: SuccessionMessage, descriptors: [Int32])? {
        guard let parcel = await DedicatedThread.value(of: { self.receive(within: limit) }) else { return nil }
        guard let message = try? JSONDecoder().decode(SuccessionMessage.self, from: Data(parcel.bytes)) else {
            parcel.descriptors.forEach(Descriptor.close)
            return nil
        }
        return (message, parcel.descriptors)
    }
}
