// SPDX-License-Identifier: Apache-2.0

/// The variables that an instruction can use: those of ARG and ENV that stand before it.
public struct DockerfileScope: Equatable, Sendable {
    /// A text with its variables replaced.
    public struct Expansion: Equatable, Sendable {
        /// The result; empty when it failed.
        public let text: String
        /// Names that have no value here, in order.
        public let unknown: [String]
        /// Why the build refuses the text, if it does.
        public let failure: String?
    }

    /// Values that ARG gives.
    public internal(set) var arguments: [String: String] = [:]
    /// Names that ARG declares, with and without a value.
    public internal(set) var declared: Set<String> = []
    /// Values that ENV gives.
    public internal(set) var environment: [String: String] = [:]

    /// The value of a name: ENV is stronger than ARG.
    public subscript(name: String) -> String? { environment[name] ?? arguments[name] }

    /// Replaces the variables and removes the quotes of a text.
    /// - Parameter escape: The file's escape character.
    public func expand(_ text: String, escape: Unicode.Scalar = "\\") -> Expansion {
        var lexer = DockerfileLexer(text, options: .init(escape: escape)) { self[$0] }
        do throws(DockerfileLexer.Failure) {
            let text = try lexer.read().text
            return Expansion(text: text, unknown: lexer.unknown, failure: nil)
        } catch {
            return Expansion(text: "", unknown: lexer.unknown, failure: error.message)
        }
    }
}

extension Dockerfile {
    /// Names that BuildKit sets itself for FROM, and in a stage for an ARG without a default
    /// (docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope).
    static let platformArguments = [
        "TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETARCH": "amd64", "TARGETVARIANT": "",
        "BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
    ]

    /// The scope of the FROM instructions: the arguments before the first one.
    /// - Parameter buildArguments: What `--build-arg` gives; stronger than defaults.
    public func globalScope(buildArguments: [String: String] = [:]) -> DockerfileScope {
        var scope = DockerfileScope()
        scope.arguments = Self.platformArguments
        for instruction in globalArguments {
            for (name, value) in instruction.pairs {
                scope.declared.insert(name)
                scope.arguments[name] = buildArguments[name] ?? value.map { scope.expand($0, escape: escape).text }
            }
        }
        return scope
    }

    /// For each instruction of each stage, the scope before it; a stage inherits the ENV of the stage it starts from.
    /// - Parameter buildArguments: What `--build-arg` gives; stronger than defaults.
    /// - Returns: One list for each of ``stages``, in the order of its instructions, and the scope after the last.
    public func scopes(buildArguments: [String: String] = [:]) -> [[DockerfileScope]] {
        let global = globalScope(buildArguments: buildArguments)
        var all: [[DockerfileScope]] = []
        for stage in stages {
            var scope = DockerfileScope()
            if let parent = stage.parent { scope.environment = all[parent].last?.environment ?? [:] }
            var scopes = [scope]
            for instruction in stage.instructions {
                apply(instruction, to: &scope, global: global, buildArguments: buildArguments)
                scopes.append(scope)
            }
            all.append(scopes)
        }
        return all
    }

    private func apply(
        _ instruction: DockerfileInstruction, to scope: inout DockerfileScope, global: DockerfileScope,
        buildArguments: [String: String]
    ) {
        let before = scope
        switch instruction.keyword {
        case "ENV":
            for (name, value) in instruction.pairs {
                scope.environment[before.expand(name, escape: escape).text] =
                    value.map { before.expand($0, escape: escape).text } ?? ""
            }
        case "ARG":
            for (name, value) in instruction.pairs {
                let given = value.map { scope.expand($0, escape: escape).text }
                // An ARG without a default takes the global one of its name.
                scope.declared.insert(name)
                scope.arguments[name] = buildArguments[name] ?? given ?? global.arguments[name]
            }
        default: break
        }
    }
}
