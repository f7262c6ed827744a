// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// What programs are known to print when they cannot start. Pure.
enum Complaint {
    /// The verdict of the last line that says something known.
    static func found(in lines: [String], _ evidence: Evidence) -> Verdict? {
        for (index, line) in lines.enumerated().reversed() {
            if let verdict = verdict(on: line, before: lines[(index + 1)...], evidence) { return verdict }
        }
        return nil
    }

    /// Whether a line looks like the summary of a failure: `ValueError: no`, `error: ...`.
    static func namesAnError(_ line: String) -> Bool {
        let text = line.lowercased()
        return ["error", "exception", "fatal", "panic", "not found", "failed"].contains(where: text.contains)
    }

    /// A line of a terminal at most.
    static func text(of line: String) -> String {
        let trimmed = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return trimmed.count > 160 ? trimmed.prefix(160) + "..." : trimmed
    }

    private static func verdict(on line: String, before later: ArraySlice<String>, _ evidence: Evidence) -> Verdict? {
        let text = line.lowercased()
        if let module = quoted(after: "No module named ", in: line) {
            return Verdict(
                "the Python module \(module) is not installed", "add it to requirements.txt, then: slipway up")
        }
        if line.contains("ERR_MODULE_NOT_FOUND") || line.contains("Cannot find module ")
            || line.contains("Cannot find package ")
        {
            guard
                let name = quoted(after: "Cannot find module ", in: line)
                    ?? quoted(after: "Cannot find package ", in: line)
            else { return nil }
            let isFile = name.hasPrefix("/") || name.hasPrefix(".")
            return Verdict(
                "the JavaScript module \(name) is not there",
                isFile ? "ls \(ShellWord.quote(name))" : "npm install \(name)")
        }
        if text.contains("address already in use") || line.contains("EADDRINUSE") {
            let port = evidence.spec.port.map { "port \($0)" } ?? "its port"
            guard let holder = evidence.portHolder else {
                return Verdict("\(port) is taken by another process", "ss -tlnp")
            }
            return Verdict("\(port) is taken by \(holder)", "kill \(holder.identifier)")
        }
        if let verdict = onDatabase(line, text) { return verdict }
        if let variable = quoted(after: "KeyError: ", in: line),
            variable.allSatisfy({ $0.isUppercase || $0 == "_" || $0.isNumber })
        {
            return Verdict("the variable \(variable) is not set", "slipway env")
        }
        if text.contains("error loading asgi app") || text.contains("failed to find application object")
            || text.contains("failed to find attribute")
        {
            return Verdict(
                "the start command names an application that is not there: \(self.text(of: line))",
                "slipway detect --explain")
        }
        return onShell(line)
    }

    /// `sh: 1: gunicorn: not found`, `bash: line 1: gunicorn: command not found`.
    private static func onShell(_ line: String) -> Verdict? {
        guard line.hasSuffix(": not found") || line.hasSuffix(": command not found") else { return nil }
        let parts = line.split(separator: ":").map { $0.drop(while: \.isWhitespace) }
        guard parts.count >= 3, parts[0].hasSuffix("sh") || parts[0].hasSuffix("bash") else { return nil }
        let program = String(parts[parts.count - 2])
        return Verdict("the command \(program) is not found", "which \(ShellWord.quote(program))")
    }

    private static let databases = [
        "5432": "PostgreSQL", "3306": "MySQL", "6379": "Redis", "27017": "MongoDB", "5672": "RabbitMQ",
    ]

    private static func onDatabase(_ line: String, _ text: String) -> Verdict? {
        if text.contains("password authentication failed") || text.contains("access denied for user") {
            return Verdict("the database refuses the password", "slipway env")
        }
        let isRefused = text.contains("connection refused") || line.contains("ECONNREFUSED")
        guard isRefused else { return nil }
        for (port, name) in databases.sorted(by: { $0.key < $1.key })
        where text.contains(":\(port)") || text.contains("port \(port)") {
            return Verdict("\(name) on port \(port) refuses connections", "slipway env")
        }
        return nil
    }

    /// The name after a phrase, in quotes or up to a space.
    private static func quoted(after phrase: String, in line: String) -> String? {
        guard let range = line.firstRange(of: phrase) else { return nil }
        let rest = line[range.upperBound...]
        guard let first = rest.first else { return nil }
        let name = "'\"`".contains(first) ? rest.dropFirst().prefix { $0 != first } : rest.prefix { !$0.isWhitespace }
        return name.isEmpty ? nil : String(name)
    }
}
