// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// Requests that wait on one event loop until their service has been exchanged.
struct RequestHold {
    struct Waiter {
        let connection: ClientConnection
        /// Tells a connection that has gone on from one that still waits.
        let generation: UInt64
    }

    let order: HoldOrder
    var waiters: [Waiter] = []
}

extension EdgeLoop {
    func hold(_ order: HoldOrder) {
        for service in order.services where holds[service] == nil { holds[service] = RequestHold(order: order) }
    }

    func unhold(_ services: [String]) {
        for service in services {
            guard let hold = holds.removeValue(forKey: service) else { continue }
            for waiter in hold.waiters { waiter.connection.goOn(waiter.generation) }
        }
    }
}

extension ClientConnection {
    /// Puts the request at hand aside when its service is being exchanged.
    func isHeld() -> Bool {
        guard !loop.holds.isEmpty, let service = current.route?.service, let hold = loop.holds[service] else {
            return false
        }
        guard hold.waiters.count < hold.order.limit else {
            refuse(.held(service: service))
            return true
        }
        generation += 1
        let asked = generation
        current.isOnHold = true
        loop.holds[service]?.waiters.append(RequestHold.Waiter(connection: self, generation: asked))
        let patience = TimeAmount.nanoseconds(hold.order.patience.nanoseconds)
        loop.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            guard self.isWaiting(asked) else { return }
            self.refuse(.held(service: service))
        }
        return true
    }

    /// The service is there again, most likely elsewhere.
    func goOn(_ asked: UInt64) {
        guard isWaiting(asked), let route = current.route else { return }
        current.isOnHold = false
        let next = loop.successor(of: route) ?? route
        guard case .upstream(let group) = next.destination else { return refuse(.held(service: route.service)) }
        current.route = next
        dispatch(to: group)
    }

    private func isWaiting(_ asked: UInt64) -> Bool { generation == asked && phase == .exchange && upstream == nil }
}
