// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Variables that the contract calls required and that nothing beside the code names.
enum UnnamedRequirements {
    /// One violation for each of the application's services that cannot do without such names.
    /// - Parameter besides: Files that have a finding of this kind already.
    static func violations(in repository: CheckedRepository, besides: Set<String>) -> [Violation] {
        guard let app = repository.app, isDeployed(repository) else { return [] }
        // What such a service lacks is said where Compose lists what it has.
        let listed = Set(
            repository.deployedUnits.compactMap { unit in GivenNames.of(unit) == nil ? nil : unit.app?.name })
        var said: Set<String> = []
        return app.services.filter { !listed.contains($0.name) }.compactMap { service in
            let wanted = app.variables.filter { variable in
                variable.required && variable.default == nil && variable.services.contains(service.name)
                    && !["PORT", "HOST", "NODE_ENV"].contains(variable.name)
                    && variable.name == variable.name.uppercased()
                    && !said.contains(variable.name) && isCertain(variable, in: repository)
            }
            said.formUnion(wanted.map(\.name))
            guard let first = wanted.first, let place = OriginPlace.of(first.origins.first ?? ""),
                !besides.contains(place.path)
            else { return nil }
            let shown = wanted.prefix(mostShown).map(\.name).joined(separator: ", ")
            let more = wanted.count > mostShown ? " and \(wanted.count - mostShown) more" : ""
            return Violation(
                file: place.path, line: place.line,
                "\(service.name) cannot do without \(shown)\(more), which nothing but the code names; write into "
                    + ".env.example and the README: \(first.name)=",
                // A part of the program can do without what only a request reads.
                severity: RequiredReads.endStart(first, in: repository.tree) ? .error : nil)
        }
    }

    /// More names than these fill the line.
    private static let mostShown = 6

    /// Hardly any program that reads them works without.
    private static let indispensable = [
        "DATABASE_URL", "MONGO_URI", "MONGODB_URI", "MONGO_URL", "JWT_SECRET", "SECRET_KEY", "AUTH_SECRET",
        "SESSION_SECRET",
    ]

    private static func isDeployed(_ repository: CheckedRepository) -> Bool {
        Deployments.exist(in: repository)
            || repository.tree.entries.contains { ["vercel.json", "netlify.toml", "amplify.yml"].contains($0.name) }
    }

    /// Whether the code plainly fails without it, and neither a document nor a file of another kind speaks of it.
    private static func isCertain(_ variable: Variable, in repository: CheckedRepository) -> Bool {
        let places = variable.origins.compactMap(OriginPlace.of)
        let isNeeded = indispensable.contains(where: variable.name.hasSuffix)
        guard let first = places.first,
            // Platforms and frameworks write the names of these into the guide of their own.
            ![".exs", ".php", ".cs", ".json", ".prisma", ".yml", ".yaml"].contains(where: first.path.hasSuffix),
            // A key of somebody else's service is one that many programs can do without.
            BrowserVariables.contains(variable.name) || !RequiredReads.isIntegration(variable.name),
            !DevelopmentPath.isLikely(first.path), !RequiredReads.isSettled(variable, in: repository.tree),
            isNeeded || isPlain(first, in: repository.tree)
        else { return false }
        // Auth.js takes its older name too.
        var spellings = variable.name == "AUTH_SECRET" ? ["AUTH_SECRET", "NEXTAUTH_SECRET"] : [variable.name]
        if first.path.hasSuffix(".java") || first.path.hasSuffix(".kt") {
            spellings.append(variable.name.lowercased().split(separator: "_").joined(separator: "."))
        }
        return !isNamed(spellings, in: repository)
    }

    /// Whether the line reads the environment itself and asks for no other way.
    static func isPlain(_ place: (path: String, line: Int), in tree: SourceTree) -> Bool {
        guard let text = tree.text(place.path) else { return false }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(place.line - 1) else { return false }
        let line = lines[place.line - 1]
        guard !["&&", "||", "??", "?.", " if ", "if (", " else ", " or "].contains(where: line.contains) else {
            return false
        }
        let reads = ["env", "Env", "ENV", "z.", "Joi.", ": str", ": int", ": SecretStr", "getOrThrow", "@Value", "${"]
        return reads.contains(where: line.contains)
    }

    private static let code = [
        ".py", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".mts", ".rb", ".go", ".rs", ".java", ".kt", ".vue",
        ".svelte", ".swift", ".prisma", ".lock", ".map", ".ipynb",
    ]

    private static func isHiddenTemplate(_ path: String, _ tree: SourceTree) -> Bool {
        let name = SourceTree.Entry(path: path).name
        return name.contains("env") && [".example", ".sample", ".template"].contains(where: name.hasSuffix)
            && !tree.contains(path)
    }

    /// Whether any file that is no code has one of the names as a word of its own.
    static func isNamed(_ names: [String], in repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        let words = names.map { Array($0.utf8) }
        // A template that .gitignore names and git keeps all the same.
        let kept = (repository.tracked ?? []).filter { $0.contains(".env") && !tree.contains($0) }
            .compactMap(repository.keptText).map { Array($0.utf8) }
        // Without git nobody knows whether a template that a pattern hides is kept.
        if repository.tracked == nil, repository.sizes.contains(where: { isHiddenTemplate($0.path, tree) }) {
            return true
        }
        if kept.contains(where: { bytes in words.contains { WholeWord.stands($0, in: bytes) } }) { return true }
        return tree.entries.contains { entry in
            guard !code.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                let bytes = tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            return words.contains { WholeWord.stands($0, in: bytes) }
        }
    }
}
