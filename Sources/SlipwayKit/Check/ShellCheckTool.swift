// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost
import Synchronization

/// ShellCheck's findings in scripts and in the RUN of Dockerfiles, shown as ours (github.com/koalaman/shellcheck); rests
/// where it is not installed.
struct ShellCheckTool: Sendable {
    /// More scripts than these are a collection, not a deployment, and each takes 2 ms.
    private static let mostScripts = 50
    /// A repository has less than these in its Dockerfiles; whoever checks a thousand of them does not want to wait.
    private static let mostRuns = 150
    /// A script that is broken in the right way keeps it busy without an end; nobody waits that long for warnings.
    private static let patience = Duration.seconds(5)
    /// Shells that it does not read (SC1008, SC1071), sources that it was not given (SC1090, SC1091), names that others
    /// set or use (SC2034, SC2154), what SH001 says (SC2148), and `local`, which every image's sh knows (SC3043).
    private static let withoutContext = "SC1008,SC1071,SC1090,SC1091,SC2034,SC2148,SC2154,SC3043"

    private struct Comment {
        let file: String
        let line: Int?
        let column: Int?
        let code: Int
        let isError: Bool
        let message: String

        func diagnostic(file: String, line: Int?, column: Int?) -> Diagnostic {
            // Only a script that cannot be read fails for certain; the rest depends on what the variables hold.
            let severity: Severity = isError ? (code < 2000 ? .error : .warning) : .info
            return Diagnostic("SC\(code)", severity, file: file, line: line, column: column, message)
        }
    }

    private let executable: String
    private let deadline: Duration

    /// `nil` without the program.
    init?() {
        guard let found = ExecutableSearch.find("shellcheck") else { return nil }
        self.init(executable: found, deadline: Self.patience)
    }

    init(executable: String, deadline: Duration) {
        self.executable = executable
        self.deadline = deadline
    }

    /// - Parameters:
    ///   - scripts: Relative to the folder.
    ///   - folder: Where the program runs; `nil` for the working directory.
    /// - Returns: Its errors and warnings under its own codes; none when it fails.
    func findings(in scripts: [String], of folder: String?) async -> [Diagnostic] {
        let names = scripts.prefix(Self.mostScripts).map { $0.hasPrefix("-") ? "./" + $0 : $0 }
        let answer = await answer(on: names, in: folder)
        return answer.comments.map { comment in
            let file = comment.file.hasPrefix("./-") ? String(comment.file.dropFirst(2)) : comment.file
            return comment.diagnostic(file: file, line: comment.line, column: comment.column)
        } + note(answer, about: names.first)
    }

    /// The same for what Dockerfiles give to a shell, with the Dockerfiles' lines.
    func findings(in all: [RunShellText]) async -> [Diagnostic] {
        // It has nothing to say about words without quotes, variables and redirections, and its start takes longer than
        // all that we do.
        let runs = all.filter { !$0.isPlain }
        guard !runs.isEmpty, runs.count <= Self.mostRuns, let scratch = try? ScratchFolder() else { return [] }
        defer { scratch.remove() }
        var names: [String: RunShellText] = [:]
        for (index, run) in runs.enumerated() {
            guard (try? scratch.files.write(run.text, to: "\(index).sh")) != nil else { return [] }
            names["\(index).sh"] = run
        }
        let answer = await answer(on: runs.indices.map { "\($0).sh" }, in: scratch.path)
        return answer.comments.compactMap { comment in
            // Names that ARG and ENV give: `UID` (SC3028).
            guard let run = names[comment.file], comment.code != 3028 else { return nil }
            let place = run.position(line: comment.line ?? 2, column: comment.column ?? 1)
            return comment.diagnostic(file: run.file, line: place.line, column: place.column)
        } + note(answer, about: runs.first?.file)
    }

    /// What it said, and whether it was stopped before its end.
    private struct Answer {
        var comments: [Comment] = []
        var wasCut = false
    }

    private func note(_ answer: Answer, about file: String?) -> [Diagnostic] {
        guard answer.wasCut else { return [] }
        return [
            Diagnostic(
                "SC0000", .info, file: file,
                "ShellCheck had not ended after \(deadline) and was stopped, so it says nothing here; type: shellcheck FILE"
            )
        ]
    }

    private func answer(on names: [String], in folder: String?) async -> Answer {
        guard !names.isEmpty else { return Answer() }
        let command = Command(
            executable, ["--format=json1", "--severity=warning", "--exclude=" + Self.withoutContext] + names,
            directory: folder, deadline: deadline)
        let output = Mutex<[UInt8]>([])
        do {
            _ = try await LocalRunner().stream(command) { bytes in output.withLock { $0 += bytes } }
        } catch let error as SlipwayError where error.code == .timedOut {
            return Answer(wasCut: true)
        } catch {
            return Answer()
        }
        let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
        let comments = (JSONDocument(parsing: text).root?["comments"]?.sequence ?? []).compactMap {
            comment -> Comment? in
            guard let file = comment["file"]?.string, let code = comment["code"]?.int,
                let message = comment["message"]?.string
            else { return nil }
            return Comment(
                file: file, line: comment["line"]?.int, column: comment["column"]?.int, code: code,
                isError: comment["level"]?.string == "error", message: message)
        }
        return Answer(comments: comments)
    }
}
