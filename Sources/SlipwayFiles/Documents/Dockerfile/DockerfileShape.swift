// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

extension Dockerfile {
    /// Instructions that BuildKit's parser lets pass and the build then refuses for what they are: unknown ones, too few
    /// or too many arguments, blank names, forbidden ONBUILD triggers. Errors of code DF000, one for each instruction.
    public var shapeDiagnostics: [Diagnostic] {
        instructions.compactMap { instruction in
            DockerfileShape.problem(of: instruction).map { message in
                let place = instruction.position
                return Diagnostic("DF000", .error, line: place.line, column: place.column, message)
            }
        }
    }
}

/// What each instruction asks of its arguments (frontend/dockerfile/instructions/parse.go).
enum DockerfileShape {
    static let keywords: Set<String> = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    static func problem(of instruction: DockerfileInstruction) -> String? {
        let keyword = instruction.keyword
        let arguments = instruction.arguments
        switch keyword {
        case "RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK": return nil
        case "MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL":
            return arguments.count == 1 ? nil : "\(keyword) requires exactly one argument"
        case "ENV", "LABEL", "ARG":
            guard !arguments.isEmpty else { return atLeastOne(keyword) }
            return instruction.pairs.contains { $0.name.isEmpty && ($0.value != nil) }
                ? "\(keyword) names can not be blank" : nil
        case "EXPOSE": return arguments.isEmpty ? atLeastOne(keyword) : nil
        case "VOLUME":
            guard !arguments.isEmpty else { return atLeastOne(keyword) }
            return arguments.contains { GoPath.trimSpace($0).isEmpty }
                ? "VOLUME specified can not be an empty string" : nil
        case "ADD", "COPY": return destination(of: instruction)
        case "FROM": return stageName(arguments)
        case "SHELL":
            guard !arguments.isEmpty else { return atLeastOne(keyword) }
            return instruction.isJSON ? nil : "SHELL requires the arguments to be in JSON form"
        case "ONBUILD":
            guard let trigger = instruction.trigger else { return atLeastOne(keyword) }
            if trigger.keyword == "ONBUILD" { return "chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed" }
            return ["MAINTAINER", "FROM"].contains(trigger.keyword)
                ? "\(trigger.keyword) isn't allowed as an ONBUILD trigger" : nil
        default: return "unknown instruction: \(instruction.writtenKeyword)"
        }
    }

    private static func atLeastOne(_ keyword: String) -> String { "\(keyword) requires at least one argument" }

    private static func destination(of instruction: DockerfileInstruction) -> String? {
        guard instruction.arguments.count > 1, let last = instruction.arguments.last else {
            return "\(instruction.keyword) requires at least two arguments, sources and a destination"
        }
        guard (try? DockerfileHeredoc.parse(last)) != nil else { return nil }
        return "\(instruction.keyword) cannot accept a heredoc as a destination"
    }

    private static func stageName(_ arguments: [String]) -> String? {
        if arguments.count == 1 { return nil }
        guard arguments.count == 3, arguments[1].lowercased() == "as" else {
            return "FROM requires either one or three arguments"
        }
        let name = arguments[2].lowercased().utf8
        let isValid =
            name.first?.isLetter == true
            && name.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
        return isValid ? nil : "invalid name for build stage: \"\(arguments[2])\", it must start with a letter"
    }
}
