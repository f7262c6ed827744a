// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// The engine before this one, as long as requests are under way there.
actor Predecessor {
    private let channel: DescriptorChannel
    let identity: ProcessIdentity
    private var isGone = false
    /// One question at a time.
    private var last: Task<EngineReply?, Never>?

    init(_ channel: DescriptorChannel, _ identity: ProcessIdentity) {
        self.channel = channel
        self.identity = identity
    }

    var isAlive: Bool { !isGone && identity.isAlive }

    /// - Returns: `nil` when it is gone, and nothing is under way there.
    func ask(_ request: EngineRequest) async -> EngineReply? {
        let before = last
        let task = Task { () -> EngineReply? in
            _ = await before?.value
            return await exchange(request)
        }
        last = task
        return await task.value
    }

    private func exchange(_ request: EngineRequest) async -> EngineReply? {
        guard !isGone else { return nil }
        if await channel.tell(.request(request)), case .reply(let reply)? = await channel.hear(within: nil)?.message {
            return reply
        }
        isGone = true
        return nil
    }
}
