// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `${X:-y}`, `${X:?}` and plain `$X` in the scripts that start an application; interpolation in Compose files.
struct ShellReader: VariableReader {
    let summary = "start scripts, Procfile: ${X:-y}, ${X:?}, $X; Compose: ${X:-y}, ${X?}"
    let languages: Set<CodeLanguage> = [.shell, .yaml]

    private static let starting = [
        "entrypoint", "docker-entrypoint", "entry.", "start", "run", "boot", "prestart", "serve", "release", "Procfile",
        "init",
        "launch", "web", "worker", "gunicorn", "uvicorn", "celery",
    ]
    private static let words: Set<String> = ["export", "local", "readonly", "declare", "typeset"]

    func read(_ code: Code, into file: inout FileReads) {
        let name = code.path.split(separator: "/").last.map(String.init) ?? code.path
        if code.language == .yaml {
            guard Self.isCompose(name) else { return }
            for use in ShellExpansion.all(in: code.bytes) where use.operation != .plain { add(use, into: &file) }
            return
        }
        guard Self.starting.contains(where: { name.hasPrefix($0) }) || name.contains("entrypoint") else { return }
        let assigned = assigned(code.bytes)
        for use in ShellExpansion.all(in: code.bytes) where EnvironmentName.isScreaming(use.name) {
            // A plain use of a name that the script sets anywhere is the script's own; a default asks the environment.
            let isOwn = assigned[use.name].map { use.operation == .plain || $0 < use.line } ?? false
            if !isOwn { add(use, into: &file) }
        }
    }

    static func isCompose(_ name: String) -> Bool {
        name.hasPrefix("docker-compose") || name.hasPrefix("compose.") || name.hasPrefix("compose-")
    }

    private func add(_ use: ShellExpansion, into file: inout FileReads) {
        switch use.operation {
        case .plain: file.add(use.name, line: use.line, bare: true)
        case .required: file.add(use.name, line: use.line, required: true)
        case .fallback(let text):
            file.add(use.name, line: use.line, default: text.contains("$") ? .computed : .text(text, nil))
        }
    }

    /// First line on which the script gives a name a value of its own.
    private func assigned(_ bytes: [UInt8]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (number, line) in bytes.split(separator: Byte.newline, omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == Byte.space || $0 == Byte.tab || $0 == UInt8(ascii: ";") }
                .map { String(decoding: $0, as: UTF8.self) }
            for (index, word) in words.enumerated() {
                if let equals = word.firstIndex(of: "="), EnvironmentName.isValid(String(word[..<equals])) {
                    let name = String(word[..<equals])
                    // X="${X:-y}" keeps what the environment says.
                    if !word.contains("$" + name), !word.contains("{" + name) {
                        result[name] = min(result[name] ?? .max, number + 1)
                    }
                } else if index > 0, words[index - 1] == "for" {
                    result[word] = min(result[word] ?? .max, number)
                } else if word == "read" {
                    // read -ra NAMES <<< "$X"
                    for name in words[(index + 1)...].prefix(while: { $0 != "<<<" }) where EnvironmentName.isValid(name)
                    {
                        result[name] = min(result[name] ?? .max, number)
                    }
                } else if !Self.words.contains(word), index > 2 {
                    break
                }
            }
        }
        return result
    }
}
