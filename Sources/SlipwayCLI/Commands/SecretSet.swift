// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Keeps one value.
struct SecretSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Keeps a value, read from standard input or a file.",
        discussion: "A new value reaches the application with the next deploy, which makes a release of it.")

    @Argument(help: "The variable's name.")
    var name: String
    @OptionGroup var project: SecretOptions
    @Option(help: "Read the value from this file instead of standard input.", completion: .file())
    var file: String?

    func run() throws {
        try project.open().setSecret(name, from: file.map { .file($0) } ?? .standardInput)
        Console.note("\(name) is kept; it is used from the next up or deploy on")
    }
}
