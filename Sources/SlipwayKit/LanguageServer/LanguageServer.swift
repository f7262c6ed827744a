// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles
import SlipwayHost

/// Serves an editor over standard input and output until it says goodbye.
public struct LanguageServer {
    /// A server that has not spoken yet.
    public init() {}

    /// - Returns: The exit status: 0 after an orderly shutdown.
    public func run() -> Int32 {
        var framing = MessageFraming()
        var session = LanguageSession()
        while let bytes = Descriptor.read(0, limit: 64 << 10), !bytes.isEmpty {
            for body in framing.take(bytes) {
                for answer in session.answer(body) {
                    guard Descriptor.write(MessageFraming.frame(SlipwayFiles.JSONText.print(answer)), to: 1) else {
                        return 1
                    }
                }
                if let status = session.exitStatus { return status }
            }
            if framing.isBroken { return 1 }
        }
        return 1
    }
}
