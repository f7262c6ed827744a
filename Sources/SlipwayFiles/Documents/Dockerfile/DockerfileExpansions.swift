// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

extension Dockerfile {
    /// What the build refuses when it replaces variables and reads mounts, ports and addresses, when neither
    /// ``shapeDiagnostics`` nor ``optionDiagnostics`` has anything to say. Errors of code DF000, one for each
    /// instruction.
    public var expansionDiagnostics: [Diagnostic] {
        instructions.compactMap { outer in
            let instruction = outer.trigger ?? outer
            guard DockerfileShape.problem(of: outer) == nil, DockerfileOptions.problem(of: outer) == nil,
                let message = DockerfileExpansions.problem(of: instruction, escape: escape)
            else { return nil }
            let place = outer.position
            return Diagnostic("DF000", .error, line: place.line, column: place.column, message)
        }
    }
}

/// What BuildKit finds when it carries an instruction out (frontend/dockerfile/dockerfile2llb/convert.go).
enum DockerfileExpansions {
    private static let mountTypes: Set<String> = ["bind", "cache", "tmpfs", "secret", "ssh"]

    private static let mountKeys: Set<String> = [
        "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "id",
        "sharing", "required", "size", "mode", "uid", "gid", "env",
    ]

    static func problem(of instruction: DockerfileInstruction, escape: Unicode.Scalar) -> String? {
        for text in texts(of: instruction) {
            guard text.utf8.contains(where: { "\"'$".utf8.contains($0) }) else { continue }
            // Every name has a value here: only the form is looked at.
            var lexer = DockerfileLexer(text, options: .init(escape: escape)) { _ in "x" }
            do throws(DockerfileLexer.Failure) { _ = try lexer.read() } catch { return error.message }
        }
        switch instruction.keyword {
        case "RUN": return instruction.flags.lazy.filter { $0.name == "mount" }.compactMap(mount).first
        case "EXPOSE": return instruction.arguments.lazy.compactMap(port).first
        case "COPY":
            let isRemote = instruction.flag("from") == nil && instruction.heredocs.isEmpty
            let remote = instruction.arguments.dropLast().first { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
            return isRemote && remote != nil ? "source can't be a URL for COPY" : nil
        default: return nil
        }
    }

    /// What the build replaces variables in.
    private static func texts(of instruction: DockerfileInstruction) -> [String] {
        switch instruction.keyword {
        case "ENV", "LABEL", "ARG": instruction.pairs.compactMap(\.value)
        case "ADD", "COPY": instruction.heredocs.isEmpty ? instruction.arguments : []
        case "EXPOSE", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL", "FROM": instruction.arguments
        default: []
        }
    }

    private static func mount(_ flag: DockerfileFlag) -> String? {
        let fields = flag.fields
        guard !fields.contains(where: { $0.value.contains("$") }) else { return nil }
        let type = fields.last { $0.key == "type" }?.value.lowercased() ?? "bind"
        guard mountTypes.contains(type) else { return "unsupported mount type \"\(type)\"" }
        if let strange = fields.first(where: { !mountKeys.contains($0.key) }) {
            return "unexpected key '\(strange.key)' in the mount"
        }
        let names = fields.filter { ["source", "src", "target", "dst", "destination", "id"].contains($0.key) }
        return type == "secret" && names.allSatisfy { $0.value.isEmpty }
            ? "a secret mount needs an id, a source or a target" : nil
    }

    private static func port(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, !text.contains("$"), !text.contains("\""), !text.contains("'") else { return nil }
        return ["tcp", "udp", "sctp", ""].contains(parts[parts.count - 1].lowercased())
            ? nil : "invalid proto: \(parts[parts.count - 1])"
    }
}
