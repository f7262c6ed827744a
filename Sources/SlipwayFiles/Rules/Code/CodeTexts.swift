// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// The source files that rules have read line by line, as long as they are few.
final class CodeTexts: Sendable {
    /// Each byte of source takes about four here.
    private static let capacityInBytes = 8 << 20

    private struct State {
        var texts: [String: CodeText] = [:]
        var used = 0
    }

    private let state = Mutex(State())

    /// `nil` when the file cannot be read.
    func text(of path: String, in tree: SourceTree) -> CodeText? {
        if let known = state.withLock({ $0.texts[path] }) { return known }
        guard let text = tree.text(path) else { return nil }
        let code = CodeText(path: path, text: text)
        state.withLock { state in
            guard state.texts[path] == nil, state.used + text.utf8.count <= Self.capacityInBytes else { return }
            state.used += text.utf8.count
            state.texts[path] = code
        }
        return code
    }
}
