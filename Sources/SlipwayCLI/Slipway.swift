// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayCore
import SlipwayHost

/// The command line: parses, makes one library call, prints, sets the exit code.
struct Slipway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway",
        abstract: "Takes a web application's repository to a running, proven, reversible deployment.",
        version: Version.current,
        subcommands: CommandCatalog.all)
}

/// The process's entry point.
@main enum Main {
    // On the main thread: a guard must start its service from a thread that never ends.
    @MainActor static func main() async {
        GuardProcess.runIfAsked()
        do {
            var command = try Slipway.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as SlipwayError {
            Console.error(error)
            Slipway.exit(withError: ExitCode(error.code.exitStatus.rawValue))
        } catch {
            Slipway.exit(withError: error)
        }
    }
}
