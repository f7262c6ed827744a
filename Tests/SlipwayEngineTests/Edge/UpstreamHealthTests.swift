// SPDX-License-Identifier: Apache-2.0

import NIOCore
import SlipwayCore
import Testing

@testable import SlipwayEngine

/// When a process is left alone, and when it is asked again.
struct UpstreamHealthTests {
    private let rules = UpstreamRules(failures: 3, pause: .seconds(1), longestPause: .seconds(4))

    private func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .milliseconds(milliseconds) }

    @Test func `failures in a row begin a pause, one success between them does not`() {
        var health = UpstreamHealth()
        for _ in 0..<2 { health.failed(.broken, at: time(0), rules) }
        health.succeeded()
        for _ in 0..<2 { health.failed(.broken, at: time(0), rules) }
        #expect(health.isClosed)
        let begins = health.failed(.broken, at: time(0), rules)
        #expect(begins)
        #expect(!health.takes(at: time(999), isAlone: true))
        #expect(health.takes(at: time(1000), isAlone: true))
    }

    @Test func `after the pause one request finds out, and each pause is twice as long`() {
        var health = UpstreamHealth()
        for _ in 0..<3 { health.failed(.broken, at: time(0), rules) }
        var now: Int64 = 0
        for pause: Int64 in [1000, 2000, 4000, 4000] {
            now += pause
            #expect(!health.takes(at: time(now - 1), isAlone: false))
            #expect(health.takes(at: time(now), isAlone: false))
            health.began(at: time(now), rules)
            #expect(!health.takes(at: time(now), isAlone: false), "one at a time")
            health.failed(.broken, at: time(now), rules)
        }
        health.began(at: time(now + 4000), rules)
        health.succeeded()
        #expect(health == UpstreamHealth())
    }

    @Test func `a refused connection spares a process that has a twin, and no one that is alone`() {
        var health = UpstreamHealth()
        let begins = health.failed(.refused, at: time(0), rules)
        #expect(begins)
        #expect(!health.takes(at: time(1), isAlone: false))
        #expect(health.takes(at: time(1), isAlone: true))
    }

    @Test func `the application's own errors count only when the rules say so`() {
        var health = UpstreamHealth()
        for _ in 0..<100 { health.answeredError(at: time(0), rules) }
        #expect(health.isClosed)
        var strict = rules
        strict.serverErrors = 2
        health.answeredError(at: time(0), strict)
        health.answeredError(at: time(0), strict)
        #expect(!health.takes(at: time(1), isAlone: true))
    }
}
