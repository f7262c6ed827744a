// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

struct WebSocketFramesTests {
    @Test(arguments: [
        [0x81, 0x00], [0x81, 0x02, 1, 2], [0x82, 0x82, 9, 9, 9, 9, 1, 2],
        [0x82, 126, 0, 3, 1, 2, 3], [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 7], [0x01, 1, 0, 0x80, 1, 0],
    ])
    func `a boundary is known however the bytes are cut`(bytes: [UInt8]) {
        for cut in 0...bytes.count {
            var frames = WebSocketFrames()
            frames.advance(bytes[..<cut])
            frames.advance(bytes[cut...])
            #expect(frames.isAtBoundary)
            #expect(!frames.sawClose)
        }
        var whole = WebSocketFrames()
        for byte in bytes.dropLast() { whole.advance([byte]) }
        #expect(!whole.isAtBoundary)
    }

    @Test func `the server's own close is seen`() {
        var frames = WebSocketFrames()
        frames.advance([0x88, 0x02, 0x03, 0xE8])
        #expect(frames.sawClose)
    }
}
