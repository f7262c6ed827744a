// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// The Compose project that `up` started, as the application's state folder keeps it.
package struct ComposeRecord: Equatable, Sendable {
    private static let path = "docker.txt"

    /// The Compose project's name.
    package let project: String
    /// Absolute path of the folder with its files; a staged one may be gone.
    let folder: String
    /// `http://localhost:8080`; `nil` until it is up, and when nothing is published.
    var address: String?

    /// - Parameter state: The application's `.slipway`.
    /// - Returns: `nil` when `up` started nothing with Compose, or `down` ended it.
    package static func read(_ state: FileStore) -> ComposeRecord? {
        let lines = (try? state.text(path))?.split(separator: "\n").map(String.init) ?? []
        guard lines.count >= 2 else { return nil }
        return ComposeRecord(project: lines[0], folder: lines[1], address: lines.count > 2 ? lines[2] : nil)
    }

    func write(to state: FileStore) throws {
        let lines = [project, folder] + [address].compactMap(\.self)
        try state.write(lines.map { $0 + "\n" }.joined(), to: Self.path)
    }

    /// What its containers wrote, each line with its container's name; it lasts as long as it is followed.
    package func logs(_ options: [String], directory: String) -> Command {
        Docker.command(
            ["compose", "--project-name", project, "logs", "--no-color"] + options, directory: directory,
            deadline: .seconds(365 * 86_400))
    }

    /// A line without the command that clears it, which Compose sends to a terminal that is not there.
    package static func plain(_ line: String) -> String {
        var rest = line[...]
        for mark in ["\r", "\u{1B}", "[2K"] where rest.hasPrefix(mark) { rest = rest.dropFirst(mark.count) }
        return String(rest)
    }

    static func remove(from state: FileStore) throws { try state.remove(path) }
}
