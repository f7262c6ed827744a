// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Shows an editor what the checker finds.
struct LSP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp",
        abstract: "Serves an editor: findings while you type, their explanation, and their fixes.",
        discussion: """
            Speaks the Language Server Protocol over standard input and output; editors start it themselves. \
            docs/editors.md has their settings. Exits with 0 after an orderly shutdown.
            """)

    func run() async throws {
        let status = LanguageServer().run()
        if status != 0 { throw ExitCode(status) }
    }
}
