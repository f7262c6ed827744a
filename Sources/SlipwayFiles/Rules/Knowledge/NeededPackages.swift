// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What a Python service needs where no file says it.
package struct NeededPackages: Equatable, Sendable {
    /// Of the remark that says it before anything starts.
    package static let code = "DT006"
    /// More names are no help to read.
    private static let mostNames = 6

    private let imports: [OutsideImports.Import]
    /// The server that the start command calls, which no code imports.
    private let server: String?
    private let list: String

    package init(of service: Service, in tree: SourceTree) {
        imports = OutsideImports(tree, under: service.directory).outside
        let program = service.start?.split(separator: " ").first { !$0.contains("=") && $0 != "exec" }
        let servers: Set<Substring> = ["gunicorn", "uvicorn", "waitress-serve", "hypercorn", "daphne", "granian"]
        server = program.flatMap { servers.contains($0) ? $0 == "waitress-serve" ? "waitress" : String($0) : nil }
        list = service.directory.appending(path: "requirements.txt")
    }

    /// Where the first of them is imported; `nil` when nothing is needed.
    package var place: (file: String, line: Int)? { imports.first.map { ($0.file, $0.line) } }

    package var remark: String {
        let names = imports.prefix(Self.mostNames).map(\.distribution).joined(separator: ", ")
        let more = imports.count > Self.mostNames ? ", ..." : ""
        return "the code imports \(names)\(more), and no requirements file names them, so nothing is installed"
    }

    /// Writes the missing file.
    package var command: String {
        var names: [String] = []
        for name in imports.map(\.distribution) + [server].compactMap({ $0 }) where !names.contains(name) {
            names.append(name)
        }
        return "printf '%s\\n' \(names.map(ShellWord.quote).joined(separator: " ")) > \(ShellWord.quote(list))"
    }
}
