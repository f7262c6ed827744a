// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever follows the list gets a process that ends.
    static let listWithoutRequired = Rule(
        "EN297", .warning, "a list of variables leaves out one that the program insists on",
        why:
            "The template, or the document's block, is what people copy. The program has no default for the name that is "
            + "missing there and ends when it starts.",
        catches: [
            RuleExample(
                [
                    "README.md": "Create `.env`:\n```env\nDATABASE_URL=a\nJWT_SECRET=b\nFRONT_URL=c\n```\n",
                    "a.js": "const a = process.env.ALLOWED_ORIGIN\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_URL", services: ["a"], required: true, origins: ["a.js:2"]),
                        Variable(name: "JWT_SECRET", services: ["a"], required: true, origins: ["a.js:3"]),
                        Variable(name: "ALLOWED_ORIGIN", services: ["a"], required: true, origins: ["a.js:1"]),
                    ])),
            RuleExample(
                [".env.example": "DB_HOST=db\nSERVER_PORT=1\nLOG_LEVEL=info\n", "a.go": "type A struct {}\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_HOST", services: ["a"], required: true, origins: ["a.go:2"]),
                        Variable(name: "SERVER_PORT", services: ["a"], required: true, origins: ["a.go:3"]),
                        Variable(name: "LOG_LEVEL", services: ["a"], origins: ["a.go:3"]),
                    ])),
        ],
        passes: [
            RuleExample(
                [".env.example": "DATABASE_HOST=db\nSERVER_PORT=1\n", "a.go": "type A struct {}\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_HOST", services: ["a"], required: true, origins: ["a.go:2"]),
                        Variable(name: "SERVER_PORT", services: ["a"], required: true, origins: ["a.go:3"]),
                    ])),
            RuleExample(
                [
                    "README.md": "```env\nSERVER_PORT=1\nLOG_LEVEL=info\n```\nSet DATABASE_HOST too.\n",
                    "a.go": "type A struct {}\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "DATABASE_HOST", services: ["a"], required: true, origins: ["a.go:2"]),
                        Variable(name: "SERVER_PORT", services: ["a"], required: true, origins: ["a.go:3"]),
                        Variable(name: "LOG_LEVEL", services: ["a"], origins: ["a.go:3"]),
                    ])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        let lists = VariableLists.all(in: repository)
        guard !lists.isEmpty else { return [] }
        return app.services.flatMap { service -> [Violation] in
            let own = app.variables.filter { $0.services.contains(service.name) }
            let read = Set(own.map(\.name))
            let wanted = own.filter { variable in
                variable.required && variable.phase != .build && variable.default == nil
                    && !["PORT", "HOST", "NODE_ENV"].contains(variable.name)
                    && !BrowserVariables.contains(variable.name)
                    && !RequiredReads.isSettled(variable, in: repository.tree)
                    && !RequiredReads.isIntegration(variable.name)
                    // PHP reads what is not there as null, and its tools write the keys.
                    && !variable.origins.contains { $0.contains(".php:") }
            }
            return lists.compactMap { list -> Violation? in
                // Two names that this service reads make it the service's list.
                guard list.names.intersection(read).count >= 2 else { return nil }
                let missing = wanted.filter { variable in
                    !(list.isTemplate ? lists.filter(\.isTemplate) : [list]).contains {
                        $0.whole.contains(variable.name)
                    } && !VariableLists.isGivenElsewhere(variable.name, in: repository)
                }
                guard let first = missing.first, missing.count <= mostMissing else { return nil }
                let names = missing.map(\.name).joined(separator: ", ")
                // Who follows the template gets a program that ends when it starts.
                let isCertain =
                    list.isTemplate && RequiredReads.endStart(first, in: repository.tree)
                    && !repository.documents.contains { entry in
                        repository.tree.bytes(entry.path).map { WholeWord.stands(Array(first.name.utf8), in: $0) }
                            == true
                    }
                return Violation(
                    file: list.path, line: list.line,
                    "\(service.name) needs \(names) (\(first.origins.first ?? "")); add: \(first.name)=",
                    severity: isCertain ? .error : nil)
            }
        }
    }

    /// A list that leaves out more is a list of something else.
    private static let mostMissing = 6
}

/// Lists of variables that people copy.
struct VariableLists {
    let path: String
    /// One-based line of its first name.
    let line: Int
    let names: Set<String>
    /// The text that may speak of the others.
    let whole: String
    let isTemplate: Bool

    static func all(in repository: CheckedRepository) -> [VariableLists] {
        let templates = repository.dotenvFiles.filter { file in
            ["example", "sample", "template", "dist"].contains(where: file.location.contains)
                && DotenvPurpose(path: file.location) != .test && !DevelopmentPath.isLikely(file.location)
        }.map { file in
            let assignments = file.document.assignments
            return VariableLists(
                path: file.location, line: assignments.first?.line ?? 1, names: Set(assignments.map(\.name)),
                whole: file.text, isTemplate: true)
        }
        let readers = repository.documents.filter { $0.name.lowercased().hasPrefix("readme") }
        return templates
            + readers.compactMap { entry in
                guard let text = repository.tree.text(entry.path) else { return nil }
                return block(in: text, of: entry.path)
            }
    }

    /// The first block of a document with nothing but assignments, when no template is to be copied.
    private static func block(in text: String, of path: String) -> VariableLists? {
        guard !ByteSearch.contains(".env.", in: text), !ByteSearch.contains("env.example", in: text) else { return nil }
        var names: Set<String> = []
        var start: Int?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if body.hasPrefix("```") {
                if start != nil, names.count >= 3 { break }
                start = start == nil && (body.hasPrefix("```env") || body.hasPrefix("```dotenv")) ? index : nil
                names = []
            } else if start != nil, let equals = body.firstIndex(of: "="), !body.hasPrefix("#") {
                names.insert(String(body[..<equals]))
            }
        }
        guard let start, names.count >= 3 else { return nil }
        return VariableLists(path: path, line: start + 2, names: names, whole: text, isTemplate: false)
    }

    /// Whether a file that starts the program gives the name.
    static func isGivenElsewhere(_ name: String, in repository: CheckedRepository) -> Bool {
        repository.composeFiles.contains { $0.text.contains(name) }
            || repository.dockerfiles.contains { file in
                file.finalStage.contains { $0.keyword == "ENV" && $0.text.contains(name) }
            }
            || repository.dotenvFiles.contains { $0.text.contains(name) }
                && !repository.documents.isEmpty && !repository.composeFiles.isEmpty
    }
}
