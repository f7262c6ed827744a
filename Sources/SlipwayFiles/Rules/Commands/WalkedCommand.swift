// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A command of a document or a script with the folder of the repository in which its reader stands by then.
struct WalkedCommand {
    let command: ShellCommand
    let line: Int
    /// Relative to the repository.
    let folder: String

    /// Follows every `cd` from the file's beginning.
    ///
    /// A folder that the repository does not have is the one that was cloned: the reader is in the root then.
    static func all(in file: String, _ repository: CheckedRepository) -> [WalkedCommand] {
        let tree = repository.tree
        var (folder, block) = (".", -1)
        var below: String?
        return repository.toldCommands.filter { $0.file == file && $0.teller != .remote }.map { told in
            let command = told.command
            if told.block != block { below = nil }
            block = told.block
            if !command.isInSubshell { below = nil }
            let here = below ?? folder
            if command.name == "cd" || command.name == "pushd", let path = command.arguments.first {
                let next = Self.place(after: path, from: here, in: tree)
                if command.isInSubshell { below = next } else { folder = next }
            } else if command.name == "popd" {
                folder = "."
            }
            return WalkedCommand(command: command, line: told.line, folder: here)
        }
    }

    private static func place(after path: String, from folder: String, in tree: SourceTree) -> String {
        if path == "-" { return "." }
        guard ToldCommand.isPlain(path), !path.hasPrefix("/") else {
            // Below a folder of the server that holds the clone.
            return below(path, in: tree)
        }
        let next = GoPath.clean(folder + "/" + path)
        if next.hasPrefix("..") { return "." }
        if next == "." || tree.hasDirectory(next) { return next }
        let fromRoot = GoPath.clean(path)
        return tree.hasDirectory(fromRoot) ? fromRoot : below(path, in: tree)
    }

    /// `/opt/app/backend` and `$APP_DIR/backend` end with a folder of the repository.
    private static func below(_ path: String, in tree: SourceTree) -> String {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 1 else { return "." }
        for start in 1..<parts.count {
            let rest = parts[start...].joined(separator: "/")
            if tree.hasDirectory(rest) { return rest }
        }
        return "."
    }
}
