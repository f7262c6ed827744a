// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// A release's own copy of the source, so that nothing that is edited afterwards reaches it. What must survive a release
/// (uploads, a database in a file) stays where it is and is linked into the copy.
struct SourceSnapshot: Sendable {
    /// Names that SQLite databases have.
    private static let databaseSuffixes = [".db", ".sqlite", ".sqlite3"]

    let application: AppSpec
    let tree: SourceTree
    /// Absolute path of the application's folder.
    let directory: String
    /// Values of all services' variables, which may name a database's file.
    let values: [String]

    /// - Parameter destination: Absolute path; replaced when it is there.
    func write(to destination: String) throws {
        let parent = FileStore(root: destination.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 })
        try parent.remove("source")
        let data = Set(dataPaths)
        let files = tree.entries.map(\.path).filter { path in
            !data.contains(path) && !data.contains { path.hasPrefix($0 + "/") }
        }
        try parent.copyFiles(files, from: directory, to: "source")
        for path in data.sorted() { try link(path, into: destination) }
    }

    /// Relative to the application's folder, sorted.
    var dataPaths: [String] {
        var paths: Set<String> = []
        for service in application.services {
            for folder in service.writableDirectories where folder != "." { paths.insert(service.path(of: folder)) }
            for name in service.writableFiles ?? [] { paths.insert(service.path(of: name)) }
            for name in databaseNames(of: service) { paths.insert(service.path(of: name)) }
        }
        // A link inside a linked folder would be made in the data itself.
        return paths.filter { path in !paths.contains { path != $0 && path.hasPrefix($0 + "/") } }.sorted()
    }

    /// Files that a service opens as databases, relative to its folder.
    private func databaseNames(of service: Service) -> Set<String> {
        let usesSQLite = application.resources.contains { $0.kind == .sqlite && service.uses.contains($0.name) }
        let defaults = application.variables.filter { $0.services.contains(service.name) }.compactMap(\.default)
        var names = Set((values + defaults).compactMap(Self.databasePath))
        if usesSQLite, service.framework == "django" { names.insert("db.sqlite3") }
        let folder = FileStore(root: service.directory == "." ? directory : directory + "/" + service.directory)
        names.formUnion(((try? folder.list()) ?? []).filter(Self.isDatabase))
        return names
    }

    /// `./app.db` of `sqlite:///./app.db` or `file:./dev.db?mode=rwc`; `nil` for absolute paths, which stay anyway.
    static func databasePath(_ value: String) -> String? {
        guard value.hasPrefix("sqlite") || value.hasPrefix("file:") else { return nil }
        var rest = value.drop { $0 != ":" }.dropFirst().prefix { $0 != "?" && $0 != "#" }
        if value.hasPrefix("sqlite") {
            // Three slashes are a relative path and four an absolute one (SQLAlchemy's and most others' reading).
            guard rest.hasPrefix("///"), !rest.hasPrefix("////") else { return nil }
            rest = rest.dropFirst(3)
        }
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        guard !rest.isEmpty, !rest.hasPrefix("/"), !rest.hasPrefix(":"), !rest.contains("..") else { return nil }
        return String(rest)
    }

    private static func isDatabase(_ name: String) -> Bool { databaseSuffixes.contains { name.hasSuffix($0) } }

    private func link(_ path: String, into destination: String) throws {
        let copy = FileStore(root: destination)
        if let slash = path.lastIndex(of: "/") { try copy.makeDirectory(String(path[..<slash])) }
        let isFile =
            Self.databaseSuffixes.contains { path.hasSuffix($0) } || tree.contains(path)
            || application.services.contains { service in
                (service.writableFiles ?? []).contains { service.path(of: $0) == path }
            }
        let original = FileStore(root: directory)
        if !isFile, !original.exists(path) { try original.makeDirectory(path) }
        try copy.remove(path)
        try Ownership.link(destination + "/" + path, to: directory + "/" + path)
    }
}
