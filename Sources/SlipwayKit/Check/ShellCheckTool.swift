// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Synchronization

/// ShellCheck's findings in scripts, shown as ours (github.com/koalaman/shellcheck); rests where it is not installed.
struct ShellCheckTool: Sendable {
    /// More scripts than these are a collection, not a deployment, and each takes a tenth of a second.
    private static let mostScripts = 50
    private static let deadline = Duration.seconds(20)
    /// Shells that it does not read (SC1008, SC1071), sources that it was not given (SC1090, SC1091), names that others
    /// set or use (SC2034, SC2154), what SH001 says (SC2148), and `local`, which every image's sh knows (SC3043).
    private static let withoutContext = "SC1008,SC1071,SC1090,SC1091,SC2034,SC2148,SC2154,SC3043"

    private let executable: String

    /// `nil` without the program.
    init?() {
        guard let found = ExecutableSearch.find("shellcheck") else { return nil }
        executable = found
    }

    /// - Parameters:
    ///   - scripts: Relative to the folder.
    ///   - folder: Where the program runs; `nil` for the working directory.
    /// - Returns: Its errors and warnings under its own codes; none when it fails.
    func findings(in scripts: [String], of folder: String?) async -> [Diagnostic] {
        let names = scripts.prefix(Self.mostScripts).map { $0.hasPrefix("-") ? "./" + $0 : $0 }
        guard !names.isEmpty else { return [] }
        let command = Command(
            executable, ["--format=json1", "--severity=warning", "--exclude=" + Self.withoutContext] + names,
            directory: folder, deadline: Self.deadline)
        let output = Mutex<[UInt8]>([])
        _ = try? await LocalRunner().stream(command) { bytes in output.withLock { $0 += bytes } }
        let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
        return (JSONDocument(parsing: text).root?["comments"]?.sequence ?? []).compactMap { comment in
            guard let file = comment["file"]?.string, let code = comment["code"]?.int,
                let message = comment["message"]?.string
            else { return nil }
            let isError = comment["level"]?.string == "error"
            // Only a script that cannot be read fails for certain; the rest depends on what the variables hold.
            let severity: Severity = isError ? (code < 2000 ? .error : .warning) : .info
            return Diagnostic(
                "SC\(code)", severity, file: file.hasPrefix("./-") ? String(file.dropFirst(2)) : file,
                line: comment["line"]?.int,
                column: comment["column"]?.int, message)
        }
    }
}
