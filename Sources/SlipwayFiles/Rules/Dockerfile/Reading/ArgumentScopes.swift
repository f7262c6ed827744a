// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Variables that a stage uses and nothing gives a value.
enum ArgumentScopes {
    /// Images whose only variable is PATH, so that every other name must come from the file.
    private static let plainImages: Set<String> = ["scratch", "alpine", "debian", "ubuntu", "busybox", "amazonlinux"]
    /// Names that the build gives without an ARG (docs.docker.com/reference/dockerfile/#predefined-args).
    private static let predefined: Set<String> = [
        "PATH", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY",
    ]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        let global = Set(file.document.globalArguments.flatMap { $0.pairs.map(\.name) })
        let scopes = file.scopes
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage, step.keyword != "FROM", !step.isTrigger,
                step.position < scopes[stage].count
            else { return nil }
            let scope = scopes[stage][step.position]
            if step.keyword == "RUN" {
                let hidden = global.filter { !scope.declared.contains($0) && scope.environment[$0] == nil }
                guard !hidden.isEmpty else { return nil }
                let texts = runs(step)
                let found = hidden.sorted().first { name in texts.contains { OwnVariables.text($0, uses: name) } }
                return found.map { name in
                    var violation = violation(name, step, isGlobal: true)
                    // An empty version is none: pnpm@, package==.
                    if texts.contains(where: { text in isVersion(name, in: text) }) { violation.severity = .error }
                    return violation
                }
            }
            guard let unknown = unknown(in: step, scope, file) else { return nil }
            return decide(unknown, step, stage, scope, global, file)
        }
    }

    private static func unknown(
        in step: DockerfileStep, _ scope: DockerfileScope, _ file: CheckedDockerfile
    ) -> [String]? {
        var texts = step.instruction.flags.map(\.text)
        var own: [String: String] = [:]
        switch step.keyword {
        case "COPY", "ADD", "WORKDIR", "USER", "EXPOSE", "VOLUME", "STOPSIGNAL": texts += step.instruction.arguments
        case "ENV", "LABEL", "ARG":
            for pair in step.instruction.pairs {
                guard let value = pair.value else { continue }
                texts.append(value)
                own[pair.name] = value
            }
        default: return nil
        }
        var names: [String] = []
        for text in texts where text.utf8.contains(UInt8(ascii: "$")) {
            names += scope.expand(text, escape: file.document.escape).unknown.filter { name in
                !predefined.contains(name.uppercased()) && !scope.declared.contains(name)
                    && scope.environment[name] == nil && !text.contains("${\(name):") && !text.contains("${\(name)-")
                    && !text.contains("${\(name)+")
                    // Whatever the image has of its own is kept.
                    && own[name] != text
            }
        }
        return names.isEmpty ? nil : names
    }

    private static func decide(
        _ unknown: [String], _ step: DockerfileStep, _ stage: Int, _ scope: DockerfileScope, _ global: Set<String>,
        _ file: CheckedDockerfile
    ) -> Violation? {
        if let name = unknown.first(where: global.contains) { return violation(name, step, isGlobal: true) }
        if let name = unknown.first, startsPlain(stage, in: file) { return violation(name, step, isGlobal: false) }
        let later = Set(
            file.stages[stage].instructions.drop { $0.line <= step.line }
                .filter { $0.keyword == "ARG" }.flatMap { $0.pairs.map(\.name) })
        if let name = unknown.first(where: later.contains) { return violation(name, step, isGlobal: false) }
        let known = scope.declared.union(scope.environment.keys).union(["PATH"])
        for name in unknown where name.utf8.count > 3 {
            guard let meant = known.sorted().first(where: { isSlip(name, $0) }) else { continue }
            return Violation(line: step.line, "$\(name) has no value; write: $\(meant)")
        }
        return nil
    }

    /// One letter more or less, or two that changed places; a number at the end makes another name.
    private static func isSlip(_ name: String, _ meant: String) -> Bool {
        let digits: (Character) -> Bool = { $0.isNumber }
        guard name.filter(digits) == meant.filter(digits) else { return false }
        return EditDistance.between(Array(name.utf8), Array(meant.utf8)) == 1 || name.sorted() == meant.sorted()
    }

    private static func startsPlain(_ stage: Int, in file: CheckedDockerfile) -> Bool {
        var current = file.stages[stage]
        while let parent = current.parent { current = file.stages[parent] }
        let image = ImageName(current.base)
        return image.registry.isEmpty && plainImages.contains(image.repository)
    }

    /// `pnpm@${VERSION}`, `poetry==$VERSION`
    private static func isVersion(_ name: String, in text: String) -> Bool {
        ["@", "=="].contains { sign in
            ["\(sign)${\(name)}", "\(sign)$\(name)", "\(sign)\"$\(name)"].contains(where: text.contains)
        }
    }

    private static func violation(_ name: String, _ step: DockerfileStep, isGlobal: Bool) -> Violation {
        isGlobal
            ? Violation(line: step.line, "$\(name) is empty in this stage; write behind FROM: ARG \(name)")
            : Violation(line: step.line, "$\(name) has no value here; write before this line: ARG \(name)=...")
    }

    /// The text of a RUN, unless it sets variables itself.
    private static func runs(_ step: DockerfileStep) -> [String] {
        guard let program = step.program else { return [] }
        let setsAny = program.commands.contains {
            !$0.assignments.isEmpty || ["export", "read", "for", "."].contains($0.name)
        }
        return setsAny ? [] : step.instruction.arguments
    }
}
