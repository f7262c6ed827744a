// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that Python code opens for writing by a name of its own: databases of SQLite, and logs.
struct PythonWrittenFiles {
    enum Kind { case database, log }

    struct Found {
        var kind: Kind
        /// Seen from where the process starts; from the root of the system where the code says so.
        var path: String
        var file: String
        var line: Int
        /// Whether its tables are made by migrations, so that it may begin empty.
        var isMigrated = false
    }

    private(set) var found: [Found] = []
    private let project: PythonProject
    private let startFolder: String
    private let paths: PythonPaths

    /// Classes of logging whose first argument is a file (docs.python.org/3/library/logging.handlers.html).
    private static let handlers: Set<String> = [
        "FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler",
        "ConcurrentRotatingFileHandler",
    ]
    private static let connects: Set<String> = ["sqlite3.connect", "aiosqlite.connect", "apsw.Connection"]

    init(_ project: PythonProject, startFolder: String) {
        self.project = project
        self.startFolder = startFolder
        paths = PythonPaths(project, startFolder: startFolder, followsLocals: true)
        for source in project.sources {
            for item in source.calls { read(item.call, source) }
            for statement in source.statements {
                let isDefault = Self.isDefault(statement, source)
                for expression in statement.expressions {
                    expression.walk {
                        if isDefault, $0.string != nil { return }
                        read($0, source, statement.line)
                    }
                }
            }
        }
        var seen: Set<String> = []
        found = found.filter { seen.insert($0.path).inserted }
    }

    /// Whether the text in a statement is what a variable says when nobody sets it, so that it can be moved.
    private static func isDefault(_ statement: PythonStatement, _ source: PythonSource) -> Bool {
        if case .assignment(_, .some, _) = statement.kind, statement.scope.count == 1 { return true }
        var isRead = false
        for expression in statement.expressions {
            expression.walk { inner in
                let dotted = inner.call.flatMap { source.qualified($0.callee) } ?? ""
                let last = dotted.split(separator: ".").last ?? ""
                if ["getenv", "config", "env", "Field"].contains(last) || dotted.contains("environ") { isRead = true }
            }
        }
        return isRead
    }

    private mutating func read(_ call: PythonCall, _ source: PythonSource) {
        let name = source.qualified(call.callee) ?? ""
        if Self.connects.contains(name) {
            offer(.database, call.argument("database", at: 0), source, call.line)
        } else if name.split(separator: ".").last.map({ Self.handlers.contains(String($0)) }) == true {
            offer(.log, call.argument("filename", at: 0), source, call.line)
        } else if name == "logging.basicConfig" {
            offer(.log, call.argument("filename"), source, call.line)
        } else if name == "loguru.logger.add" {
            offer(.log, call.argument("sink", at: 0), source, call.line)
        }
    }

    private mutating func read(_ expression: PythonExpression, _ source: PythonSource, _ line: Int) {
        switch expression {
        case .dictionary(let pairs):
            func value(_ key: String) -> PythonExpression? { pairs.first { $0.key?.string == key }?.value }
            if value("ENGINE")?.string == "django.db.backends.sqlite3" {
                offer(.database, value("NAME").map(Self.ownDefault), source, line, isMigrated: true)
            }
            if let name = value("class")?.string?.split(separator: ".").last, Self.handlers.contains(String(name)) {
                offer(.log, value("filename").map(Self.ownDefault), source, line)
            }
        case .string(let text) where text.hasPrefix("sqlite") && text.contains(":////"):
            let rest = text[(text.firstRange(of: ":///")?.upperBound ?? text.endIndex)...].prefix { $0 != "?" }
            addAbsolute(String(rest), source, line)
        case .string(let text):
            guard let rest = Self.path(inAddress: text), !rest.isEmpty else { return }
            offerAddress(rest.contains("{") ? nil : paths.location(Self.inFlask(rest, project)), source, line)
        case .formatted(let text, let fields):
            guard let rest = Self.path(inAddress: text), rest.hasPrefix("{}"), fields.count == 1,
                let base = paths.location(fields[0], source)
            else { return }
            offerAddress(PathText.normalized(base + rest.dropFirst(2)), source, line)
        case .operation("+", let operands):
            guard operands.count == 2, operands[0].string.flatMap(Self.path)?.isEmpty == true else { return }
            offerAddress(paths.location(operands[1], source), source, line)
        default: break
        }
    }

    /// What follows the scheme of a relative address: three slashes, four begin an absolute path
    /// (docs.sqlalchemy.org/en/20/dialects/sqlite.html#file-databases).
    private static func path(inAddress text: String) -> String? {
        guard text.hasPrefix("sqlite"), let range = text.firstRange(of: ":///") else { return nil }
        let rest = text[range.upperBound...].prefix { $0 != "?" }
        return rest.hasPrefix("/") || rest.contains(":") ? nil : String(rest)
    }

    /// Flask-SQLAlchemy looks for relative files below the instance folder, since version 3
    /// (flask-sqlalchemy.readthedocs.io/en/stable/config).
    private static func inFlask(_ path: String, _ project: PythonProject) -> String {
        let own = project.dependencies.first { $0.name == "flask-sqlalchemy" }
        guard let own, !own.specifier.contains("=2"), !own.specifier.contains("<3") else { return path }
        return "instance/" + path
    }

    /// `b` of `os.getenv("a", b)`: what the code does where nobody says otherwise.
    private static func ownDefault(_ expression: PythonExpression) -> PythonExpression {
        guard let call = expression.call,
            ["getenv", "get", "config", "env", "str"].contains(call.callee.lastName ?? ""),
            let value = call.argument("default", at: 1)
        else { return expression }
        return value
    }

    private mutating func offerAddress(_ place: String?, _ source: PythonSource, _ line: Int) {
        add(.database, place, source, line)
    }

    private mutating func offer(
        _ kind: Kind, _ value: PythonExpression?, _ source: PythonSource, _ line: Int, isMigrated: Bool = false
    ) {
        guard let value else { return }
        if kind == .database, let text = project.modules.text(of: value, in: source), text.hasPrefix("/") {
            return addAbsolute(text, source, line)
        }
        add(kind, paths.location(value, source), source, line, isMigrated: isMigrated)
    }

    /// A database in a folder of its own at the root: in a container it is lost without a volume, and nobody but root may
    /// make it.
    private mutating func addAbsolute(_ path: String, _ source: PythonSource, _ line: Int) {
        let parts = path.split(separator: "/")
        guard parts.count > 1, !["tmp", "dev", "proc", "home", "Users"].contains(parts[0]), !parts.contains(".."),
            path.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) })
        else { return }
        found.append(
            Found(kind: .database, path: "/" + parts.joined(separator: "/"), file: source.path, line: line))
    }

    private mutating func add(
        _ kind: Kind, _ place: String?, _ source: PythonSource, _ line: Int, isMigrated: Bool = false
    ) {
        guard let place, let inner = place.relative(to: startFolder), inner != ".", !inner.contains("{"),
            !inner.hasPrefix(":")
        else { return }
        found.append(Found(kind: kind, path: inner, file: source.path, line: line, isMigrated: isMigrated))
    }
}
