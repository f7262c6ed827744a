// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ImportError: cannot import name
    static let missingPythonName = Rule(
        "AP492", .error, "a Python file imports a name that its own module does not have",
        why: "Python ends with ImportError: cannot import name. At the margin the program does not start; inside a "
            + "function every call of it fails.",
        catches: [
            [
                "app/main.py": "from app.tasks import run_report\nrun_report()\n",
                "app/tasks.py": "def run_mail():\n    pass\n",
            ],
            [
                "app/__init__.py": "",
                "app/hooks.py": "def go():\n    from .tasks import (\n        run_mail,\n        run_report,\n    )\n",
                "app/main.py": "from app import hooks\n", "app/tasks.py": "def run_mail():\n    pass\n",
            ],
        ],
        passes: [
            [
                "app/main.py": "from app.tasks import run_mail\nrun_mail()\n",
                "app/tasks.py": "def run_mail():\n    pass\n",
            ],
            [
                "app/main.py": "from app.tasks import run_report\n",
                "app/tasks.py": "from app.others import *\n", "app/others.py": "def run_report():\n    pass\n",
            ],
            [
                "app/main.py":
                    "try:\n    from app.tasks import run_report\nexcept ImportError:\n    run_report = None\n",
                "app/tasks.py": "def run_mail():\n    pass\n",
            ],
            ["app/a.py": "", "app/main.py": "from import a\nfrom  import b\nfrom\n"],
            [
                "app/main.py": "from app.jobs import report\n", "app/jobs/__init__.py": "",
                "app/jobs/report.py": "a = 1\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(ending: "py").isEmpty else { return [] }
        let names = OwnPythonNames(repository.tree)
        return repository.code([".py"], with: ["from "]).flatMap { code -> [Violation] in
            PythonImport.all(in: code).lazy.compactMap { item -> Violation? in
                guard let module = names.file(of: item.module, from: code.path),
                    let missing = item.names.first(where: { !names.has($0, in: module) })
                else { return nil }
                let isUsed = names.isMentioned(code.path)
                return Violation(
                    file: code.path, line: item.line,
                    "\(module) has no \(missing); add it there, or import what is",
                    severity: item.isAtMargin && isUsed ? nil : .warning)
            }.prefix(2).map { $0 }
        }
    }
}

/// One `from MODULE import A, B`.
private struct PythonImport {
    /// With its leading dots.
    let module: String
    let names: [String]
    /// One-based.
    let line: Int
    let isAtMargin: Bool

    static func all(in code: CodeText) -> [PythonImport] {
        var found: [PythonImport] = []
        var isQuoted = false
        for (index, line) in code.lines.enumerated() {
            defer { if line.components(of: "\"\"\"") % 2 == 1 { isQuoted.toggle() } }
            let body = line.drop { $0 == " " || $0 == "\t" }
            guard !isQuoted, body.hasPrefix("from ") else { continue }
            let rest = body.dropFirst(5)
            guard let mark = TextSearch.range(of: " import ", in: rest) else { continue }
            let module = rest[..<mark.lowerBound].trimmed
            guard !isGuarded(index, body.startIndex == line.startIndex, code.lines) else { continue }
            var list = String(rest[mark.upperBound...])
            if list.contains("(") {
                var next = index + 1
                while !list.contains(")"), next < min(code.lines.count, index + 60) {
                    list += "," + code.lines[next].prefix { $0 != "#" }
                    next += 1
                }
            } else if list.trimmed.hasSuffix("\\") {
                continue
            }
            let names = list.prefix { $0 != "#" && $0 != ")" && $0 != ";" }.filter { $0 != "(" }.split(separator: ",")
                .compactMap {
                    $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
                }
            guard !names.contains("*"), names.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } })
            else { continue }
            found.append(
                PythonImport(
                    module: module, names: names, line: index + 1, isAtMargin: body.startIndex == line.startIndex))
        }
        return found
    }

    /// Whether it is one of the ways to go on without it, or for type checkers alone.
    private static func isGuarded(_ index: Int, _ isAtMargin: Bool, _ lines: [Substring]) -> Bool {
        guard !isAtMargin else { return false }
        let own = lines[index].prefix { $0 == " " || $0 == "\t" }.count
        var depth = own
        for line in lines[..<index].reversed() {
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            guard indent < line.count, indent < depth else { continue }
            depth = indent
            let body = line.dropFirst(indent)
            if body.hasPrefix("try:") || body.hasPrefix("except") || body.contains("TYPE_CHECKING")
                || body.hasPrefix("if ") || body.hasPrefix("else") || body.hasPrefix("elif")
            {
                return true
            }
            if depth == 0 { return false }
        }
        return false
    }
}

/// The names that the repository's own modules have.
private struct OwnPythonNames {
    private let tree: SourceTree

    init(_ tree: SourceTree) { self.tree = tree }

    /// The one file that a module's name means from a file; `nil` when there is none, or more than one.
    func file(of module: String, from path: String) -> String? {
        let dots = module.prefix { $0 == "." }.count
        let name = module.dropFirst(dots).replacing(".", with: "/")
        let folder = SourceTree.Entry(path: path).directory
        if dots > 0 {
            let up = String(repeating: "../", count: dots - 1)
            return existing(GoPath.clean(folder + "/" + up + name))
        }
        guard !name.isEmpty else { return nil }
        var place = folder
        var found: Set<String> = []
        while true {
            // What stands in a package is not found by its own name: `telegram` is somebody else's there.
            if !isInsidePackage(place, of: path), let file = existing(GoPath.clean(place + "/" + name)) {
                found.insert(file)
            }
            if place == "." { break }
            place = SourceTree.Entry(path: place).directory
        }
        return found.count == 1 ? found.first : nil
    }

    /// Whether the folder is a package, by its file or by how this file imports from it.
    private func isInsidePackage(_ folder: String, of path: String) -> Bool {
        if tree.contains(GoPath.clean(folder + "/__init__.py")) { return true }
        let own = SourceTree.Entry(path: folder).name
        return folder != "."
            && ["from \(own).", "import \(own)."].contains { ByteSearch.contains($0.utf8, in: tree.bytes(path) ?? []) }
    }

    private func existing(_ path: String) -> String? {
        let isFile = tree.contains(path + ".py")
        let isPackage = tree.contains(path + "/__init__.py")
        guard isFile != isPackage else { return nil }
        return isFile ? path + ".py" : path + "/__init__.py"
    }

    /// Whether the module's text has the word at all, or may get it in a way that its text does not show.
    func has(_ name: String, in path: String) -> Bool {
        guard let text = tree.text(path) else { return true }
        let makers = ["import *", "__getattr__", "globals()", "setattr(", "exec(", "sys.modules", "vars()", "_pb2"]
        if makers.contains(where: text.contains) || path.contains("_pb2") { return true }
        let folder = SourceTree.Entry(path: path).directory
        if path.hasSuffix("/__init__.py"),
            tree.contains(folder + "/" + name + ".py") || tree.hasDirectory(folder + "/" + name)
                || tree.files(under: folder).contains(where: { $0.name.hasPrefix(name + ".") })
        {
            return true
        }
        return WholeWord.stands(Array(name.utf8), in: Array(text.utf8))
    }

    /// Whether another file says the module's name, or it is one that starts by itself.
    func isMentioned(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name.dropLast(3)
        let started: Set<Substring> = [
            "main", "app", "wsgi", "asgi", "manage", "server", "run", "__init__", "settings", "urls", "models", "admin",
            "apps",
            "tasks", "config", "celery",
        ]
        let folder = SourceTree.Entry(path: path).directory
        // Django finds some by their folder.
        if started.contains(name)
            || ["/commands", "/templatetags", "/migrations"].contains(where: ("/" + folder).hasSuffix)
        {
            return true
        }
        let package = SourceTree.Entry(path: folder).name
        let far =
            folder == "."
            ? ["import \(name)", "from \(name) import", "\"\(name):", "'\(name):"]
            : [
                "\(package).\(name) import", "import \(package).\(name)", "\(package) import \(name)",
                "\(package).\(name)'",
                "\(package).\(name)\"", "\(package).\(name):", "\(package).\(name).",
            ]
        let near = ["from .\(name) import", "from . import \(name)", "import \(name)", "from \(name) import"]
        return tree.files(ending: "py").contains { entry in
            guard entry.path != path, let bytes = tree.bytes(entry.path) else { return false }
            let isNear = entry.directory == folder
            // The names of an import can stand one below the other.
            if ByteSearch.contains("import (".utf8, in: bytes), WholeWord.stands(Array(name.utf8), in: bytes) {
                return true
            }
            return (isNear ? far + near : far).contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}

extension Substring {
    fileprivate func components(of mark: String) -> Int {
        var count = 0
        var rest = self
        while let range = TextSearch.range(of: mark, in: rest) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
