// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The settings of a Django project as its management commands import them: the module that is chosen, and those that it
/// imports in turn.
struct DjangoImport {
    /// A variable without which the import ends.
    struct Read: Equatable {
        let name: String
        let file: String
        /// One-based.
        let line: Int
        /// Whether a `.env` file beside the code can give it.
        let isFromDotenv: Bool
    }

    /// The folder of `manage.py`.
    let home: String
    /// The chosen module first.
    let modules: [CodeText]

    /// - Parameters:
    ///   - manage: The path of `manage.py`.
    ///   - module: `shop.settings.production`; without it what `manage.py` chooses by itself.
    init?(manage: String, module: String?, in repository: CheckedRepository) {
        guard let program = repository.codeText(manage) else { return nil }
        home = SourceTree.Entry(path: manage).directory
        let chosen = module ?? Self.byDefault(in: program)
        guard let chosen, let first = Self.file(of: chosen, home, repository.tree) else { return nil }
        var found: [CodeText] = []
        var waiting = [first]
        var seen: Set<String> = [first]
        while let path = waiting.popLast(), found.count < Self.mostModules {
            guard let code = repository.codeText(path) else { continue }
            found.append(code)
            for next in Self.imports(of: code, home, repository.tree) where seen.insert(next).inserted {
                waiting.append(next)
            }
        }
        modules = found
    }

    /// More are no settings any more.
    private static let mostModules = 12

    /// `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`; `nil` where the code computes it.
    private static func byDefault(in program: CodeText) -> String? {
        let sign = "setdefault('DJANGO_SETTINGS_MODULE','"
        let found = program.bare.compactMap { line in
            TextSearch.range(of: sign, in: line[...]).map { String(line[$0.upperBound...].prefix { $0 != "'" }) }
        }
        return found.count == 1 ? found[0] : nil
    }

    private static func file(of module: String, _ folder: String, _ tree: SourceTree) -> String? {
        let path = GoPath.clean(folder + "/" + module.replacing(".", with: "/"))
        return [path + ".py", path + "/__init__.py"].first(where: tree.contains)
    }

    /// Modules of the project that are imported without a condition.
    private static func imports(of code: CodeText, _ home: String, _ tree: SourceTree) -> [String] {
        code.lines.indices.compactMap { index in
            let line = code.lines[index]
            guard line.hasPrefix("from "), let mark = TextSearch.range(of: " import ", in: line) else { return nil }
            let module = line[..<mark.lowerBound].dropFirst("from ".count).trimmed
            let dots = module.prefix { $0 == "." }.count
            guard dots > 0 else { return file(of: module, home, tree) }
            let up = String(repeating: "/..", count: dots - 1)
            return file(of: String(module.dropFirst(dots)), SourceTree.Entry(path: code.path).directory + up, tree)
        }
    }

    /// What the import cannot do without, in the order in which it is met.
    var reads: [Read] { modules.flatMap(Self.reads) }

    /// Whether a file `.env` is looked for: by decouple, django-environ, environs or python-dotenv.
    var readsDotenv: Bool {
        modules.contains { code in
            code.bare.contains { line in
                ["importconfig", "read_env(", "load_dotenv("].contains(where: line.contains)
                    && !line.contains("fromdjango")
            }
        }
    }

    private static func reads(of code: CodeText) -> [Read] {
        let text = code.bare.joined(separator: "\n")
        let hasDecouple = text.contains("decouple")
        let hasEnv = text.contains("environ.Env(") || text.contains("=Env(") || text.contains("importEnv")
        return code.bare.indices.flatMap { index -> [Read] in
            let line = code.bare[index]
            guard !line.isEmpty, line.contains("'"),
                !["if", "else", "or", "in", "def", "class"].contains(where: { word in
                    code.lines[index].contains(" \(word) ") || code.lines[index].hasPrefix(word + " ")
                }),
                PythonBlocks.isAtImport(index, in: code.lines)
            else { return [] }
            var found: [String] = looked(up: line)
            if let name = raised(index, in: code) { found.append(name) }
            var ofFile: [String] = []
            if hasDecouple { ofFile += names(called: ["config("], index, in: code) }
            if hasEnv {
                ofFile += names(
                    called: ["env(", "env.str(", "env.bool(", "env.int(", "env.list(", "env.url("], index, in: code)
            }
            // django-environ's defaults stand where the object is made.
            let wanted = ofFile.filter { !text.contains("\($0)=(") }
            return found.map { Read(name: $0, file: code.path, line: index + 1, isFromDotenv: false) }
                + wanted.map { Read(name: $0, file: code.path, line: index + 1, isFromDotenv: true) }
        }
    }

    /// `os.environ['NAME']`, read and not written.
    private static func looked(up line: String) -> [String] {
        guard let range = TextSearch.range(of: "environ['", in: line[...]) else { return [] }
        let rest = line[range.upperBound...]
        let name = rest.prefix { $0 != "'" }
        let after = rest.dropFirst(name.count)
        guard after.hasPrefix("']"), isName(name) else { return [] }
        let behind = after.dropFirst(2)
        return behind.hasPrefix("=") && !behind.hasPrefix("==") || line.hasPrefix("del") ? [] : [String(name)]
    }

    /// `KEY = os.environ.get("KEY")` and below it `if not KEY: raise`.
    private static func raised(_ index: Int, in code: CodeText) -> String? {
        let line = code.bare[index]
        guard let equals = line.firstIndex(of: "="),
            let call = ["=os.environ.get('", "=os.getenv('", "=getenv('"].first(where: line[equals...].hasPrefix),
            line.hasSuffix("')")
        else { return nil }
        let name = line[equals...].dropFirst(call.count).dropLast(2)
        let constant = line[..<equals]
        guard isName(name) else { return nil }
        let below = code.bare.indices.dropFirst(index + 1).prefix(4).filter { !code.bare[$0].isEmpty }
        guard
            let asked = below.first(where: { ["ifnot\(constant):", "if\(constant)isNone:"].contains(code.bare[$0]) }),
            PythonBlocks.isAtImport(asked, in: code.lines),
            below.contains(where: { $0 > asked && code.bare[$0].hasPrefix("raise") })
        else { return nil }
        return String(name)
    }

    /// The first words of calls that give no default.
    private static func names(called signs: [String], _ index: Int, in code: CodeText) -> [String] {
        signs.compactMap { sign in
            let line = code.bare[index]
            guard let range = TextSearch.range(of: sign + "'", in: line[...]) else { return nil }
            // What only ends like it is another function.
            if range.lowerBound > line.startIndex {
                let before = line[line.index(before: range.lowerBound)]
                guard !before.isLetter, !before.isNumber, !"_.".contains(before) else { return nil }
            }
            guard let call = code.body(after: sign, from: index), call.line == index + 1 else { return nil }
            let parts = call.text.split(separator: ",", omittingEmptySubsequences: true).map {
                $0.filter { $0 != "\n" }
            }
            guard let first = parts.first, first.hasPrefix("'"), first.hasSuffix("'"),
                parts.dropFirst().allSatisfy({ $0.isEmpty || $0.hasPrefix("cast=") })
            else { return nil }
            let name = first.dropFirst().dropLast()
            return isName(name) ? String(name) : nil
        }
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
    }
}
