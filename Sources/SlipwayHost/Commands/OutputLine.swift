// SPDX-License-Identifier: Apache-2.0

/// One line that a command wrote, without its line end and with secrets replaced.
package struct OutputLine: Equatable, Sendable {
    package enum Stream: String, Codable, Sendable { case output, error }

    package let stream: Stream
    package let text: String

    package init(_ stream: Stream, _ text: String) {
        self.stream = stream
        self.text = text
    }
}
