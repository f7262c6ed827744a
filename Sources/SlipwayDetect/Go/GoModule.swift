// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One Go module: what it requires, its programs, and what its code says about ports and routes.
struct GoModule: Sendable {
    let directory: String
    /// Path of go.mod; without one, of the program.
    let file: String
    /// Whether go.mod is there.
    let hasManifest: Bool
    /// The last part of the module's path.
    let name: String
    /// The module's path, as its packages are imported.
    let path: String?
    let version: (String, Int)?
    let requires: [GoRequirement]
    let code: CodeBase
    let programs: [GoProgram]

    init?(_ tree: SourceTree, directory: String, nested: [String]) {
        file = directory.appending(path: "go.mod")
        guard let text = tree.text(file) else { return nil }
        self.directory = directory
        hasManifest = true
        var name = directory.lastPathComponent
        var path: String?
        var version: (String, Int)?
        var requires: [GoRequirement] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first else { continue }
            if first == "module", words.count > 1 {
                path = String(words[1])
                let parts = words[1].split(separator: "/").map(String.init)
                let isMajor = parts.last.map { $0.hasPrefix("v") && Int($0.dropFirst()) != nil } ?? false
                name = (isMajor && parts.count > 1 ? parts.dropLast() : parts[...]).last ?? name
            } else if first == "go", words.count > 1 {
                version = (words[1].split(separator: ".").prefix(2).joined(separator: "."), index + 1)
            } else if first == "require", words.count > 2, words[1] != "(" {
                requires.append(GoRequirement(path: String(words[1]), file: file, line: index + 1))
            } else if first.contains("."), first.contains("/"), words.count > 1, words[1].hasPrefix("v"),
                !line.hasSuffix("// indirect")
            {
                requires.append(GoRequirement(path: String(first), file: file, line: index + 1))
            }
        }
        self.name = name
        self.path = path
        self.version = version
        self.requires = requires
        code = CodeBase(tree, directory: directory, extensions: ["go"], nested: nested)
        programs = Self.programs(in: code, moduleName: name)
    }

    /// A code base without go.mod: what it requires is what it imports.
    init?(_ tree: SourceTree, withoutManifest directory: String, nested: [String]) {
        self.directory = directory
        hasManifest = false
        code = CodeBase(tree, directory: directory, extensions: ["go"], nested: nested)
        path = GoRoots.modulePath(of: code)
        name =
            (path?.lastPathComponent ?? (directory == "." ? nil : directory.lastPathComponent))
            ?? ServiceNames.slug(tree.name) ?? "app"
        version = nil
        requires = GoRoots.imports(of: code).map { GoRequirement(path: $0.path, file: $0.file, line: $0.line) }
        programs = Self.programs(in: code, moduleName: name)
        guard let first = programs.first else { return nil }
        file = first.file
    }

    private static func programs(in code: CodeBase, moduleName: String) -> [GoProgram] {
        let mains = code.files.filter { $0.text.utf8.contains("package main") && $0.text.utf8.contains("func main()") }
        var byFolder: [String: GoProgram] = [:]
        for file in mains {
            let folder = file.path.parentDirectory
            let lines = CodeLine.lines(of: file)
            guard lines.contains(where: { $0.text.hasPrefix("package main") }), byFolder[folder] == nil,
                let main = lines.first(where: { $0.text.hasPrefix("func main()") }),
                !lines.contains(where: { $0.text.hasPrefix("//go:build ignore") })
            else { continue }
            let siblings = code.files.filter { $0.path.parentDirectory == folder }
            byFolder[folder] = GoProgram(
                name: ServiceNames.slug(folder == code.directory ? moduleName : folder.lastPathComponent) ?? "app",
                directory: folder, file: file.path, line: main.number,
                listens: siblings.contains { GoListening.opensPort($0.text) })
        }
        return byFolder.values.sorted { $0.directory < $1.directory }
    }

    /// What brings the modules that are required; a code base without go.mod is made a module first.
    var install: String {
        hasManifest
            ? "go mod download" : "{ [ -f go.mod ] || go mod init \(ShellWord.quote(path ?? name)); } && go mod tidy"
    }

    /// Whether any code of the module opens a port.
    var listens: Bool { framework != nil || code.files.contains { GoListening.opensPort($0.text) } }

    var framework: (name: String, module: String, requirement: GoRequirement)? {
        let known = [
            ("github.com/gin-gonic/gin", "gin"), ("github.com/labstack/echo", "echo"),
            ("github.com/gofiber/fiber", "fiber"), ("github.com/go-chi/chi", "chi"),
            ("github.com/gorilla/mux", "gorilla"), ("github.com/beego/beego", "beego"),
            ("github.com/gobuffalo/buffalo", "buffalo"), ("github.com/revel/revel", "revel"),
            ("github.com/danielgtaylor/huma", "huma"), ("github.com/pocketbase/pocketbase", "pocketbase"),
            ("github.com/julienschmidt/httprouter", "httprouter"), ("github.com/go-kratos/kratos", "kratos"),
            ("github.com/zeromicro/go-zero", "go-zero"), ("connectrpc.com/connect", "connect"),
        ]
        for (module, name) in known {
            if let found = requires.first(where: { $0.path.hasPrefix(module) }) { return (name, module, found) }
        }
        return nil
    }

    /// Each kind with what requires it and the name of the driver.
    var resources: [(kind: Resource.Kind, requirement: GoRequirement, driver: String)] {
        let known: [(String, Resource.Kind)] = [
            ("github.com/lib/pq", .postgres), ("github.com/jackc/pgx", .postgres),
            ("gorm.io/driver/postgres", .postgres), ("github.com/jinzhu/gorm/dialects/postgres", .postgres),
            ("github.com/jinzhu/gorm/dialects/mysql", .mysql), ("github.com/jinzhu/gorm/dialects/sqlite", .sqlite),
            ("github.com/uptrace/bun/driver/sqliteshim", .sqlite), ("zombiezen.com/go/sqlite", .sqlite),
            ("github.com/ncruces/go-sqlite3", .sqlite), ("github.com/kamva/mgm", .mongodb),
            ("gopkg.in/mgo.v2", .mongodb),
            ("github.com/redis/rueidis", .redis), ("github.com/valkey-io/valkey-go", .valkey),
            ("github.com/go-pg/pg", .postgres), ("github.com/uptrace/bun/driver/pgdriver", .postgres),
            ("github.com/go-sql-driver/mysql", .mysql), ("gorm.io/driver/mysql", .mysql),
            ("go.mongodb.org/mongo-driver", .mongodb), ("github.com/redis/go-redis", .redis),
            ("github.com/go-redis/redis", .redis), ("github.com/gomodule/redigo", .redis),
            ("github.com/hibiken/asynq", .redis), ("github.com/mattn/go-sqlite3", .sqlite),
            ("gorm.io/driver/sqlite", .sqlite), ("github.com/glebarez/sqlite", .sqlite),
            ("modernc.org/sqlite", .sqlite),
            ("github.com/rabbitmq/amqp091-go", .rabbitmq), ("github.com/streadway/amqp", .rabbitmq),
            ("github.com/minio/minio-go", .s3), ("github.com/aws/aws-sdk-go-v2/service/s3", .s3),
            ("github.com/elastic/go-elasticsearch", .elasticsearch),
        ]
        var seen: Set<Resource.Kind> = []
        return known.compactMap { prefix, kind in
            guard !seen.contains(kind) else { return nil }
            if let found = requires.first(where: { $0.path.hasPrefix(prefix) }) {
                seen.insert(kind)
                return (kind, found, found.path)
            }
            // A package of a larger module: only the import tells.
            guard let owner = requires.first(where: { prefix.hasPrefix($0.path + "/") }), code.contains("\"\(prefix)\"")
            else { return nil }
            seen.insert(kind)
            return (kind, owner, prefix)
        }
    }

    /// Paths that the code answers, with the lines that say so.
    var paths: [(String, CodeLine)] { GoRoutes.paths(in: code) }

    /// The port of the program's folder, or else of the module.
    func port(for program: GoProgram) -> GoListening.Port? {
        let others = Set(programs.map(\.directory)).subtracting([program.directory])
        return GoListening.port(
            in: code, preferring: program.directory, without: others, framework: framework?.name)
    }

    /// The port of the module in the same repository whose package starts this one's server.
    func port(among modules: [GoModule]) -> GoListening.Port? {
        modules.lazy.compactMap { other -> GoListening.Port? in
            guard let path = other.path, other.directory != directory, code.contains("\"\(path)/"),
                other.code.files.contains(where: { GoListening.opensPort($0.text) })
            else { return nil }
            return GoListening.port(in: other.code, preferring: other.directory, without: [], framework: nil)
        }.first
    }

    /// The port of a configuration file that the module reads.
    func configuredPort(_ variable: String?, _ tree: SourceTree) -> ConfiguredPort? {
        func isRead(_ name: String) -> Bool { code.contains("\"\(name)") || code.contains("/\(name)") }
        return ConfiguredPort.given(variable, in: [directory], tree, isRead: isRead)
            ?? ConfiguredPort.find(in: directory, tree, isRead: isRead)
    }

    /// ` serve` when the program is a cobra or urfave tool whose server is a subcommand of that name.
    func serveCommand(of program: GoProgram) -> String {
        guard !program.listens,
            requires.contains(where: { $0.path.hasSuffix("/cobra") || $0.path.contains("urfave/cli") })
        else { return "" }
        let names = ["serve", "server", "start", "run", "web", "http", "api"]
        let uses = code.collect { line in
            line.text.has("Use:") || line.text.has("Name:")
                ? line.literals.compactMap { $0.split(separator: " ").first.map(String.init) } : []
        }
        return names.first { uses.contains($0) }.map { " \($0)" } ?? ""
    }
}
