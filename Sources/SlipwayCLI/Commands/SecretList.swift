// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Names the kept values.
struct SecretList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows the names of the kept values, never the values.")

    @OptionGroup var project: SecretOptions
    @Flag(help: "Print the names as JSON.")
    var json = false

    func run() throws {
        let names = try project.open().secrets()
        let quoted = names.map { "\"\($0)\"" }.joined(separator: ",")
        if json { Console.result("[\(quoted)]") } else { names.forEach(Console.result) }
    }
}
