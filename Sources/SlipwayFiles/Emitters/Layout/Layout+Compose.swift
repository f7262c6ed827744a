// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The Compose files, each complete in itself.
package enum ComposeFileName {
    package static let stack = "docker-compose.yml"
    package static let development = "docker-compose.dev.yml"
    package static let production = "docker-compose.prod.yml"
    /// Where the values of production stand; never in git.
    package static let productionValues = ".env.production"
}

extension Layout {
    /// Databases whose contents can be dumped while they run.
    package var dumpable: [Resource] {
        resources(of: app.services).filter { [.postgres, .mysql, .mariadb, .mongodb].contains($0.kind) }
    }

    /// Folders of a service whose files must survive where each process has a disk of its own: what it writes, and
    /// the folder of its database file. Nobody keeps logs there: the disk of an instance ends with it.
    func keptFolders(of service: Service) -> [String] {
        let own = service.writableDirectories.filter { !Self.isForLogs($0) }
        let files = service.writableFiles ?? []
        guard needsDatabaseFolder(service), files.isEmpty || files.contains(where: { !$0.hasSuffix(".log") }),
            !service.role.isServedFromFiles, !own.contains(Layout.databaseFolder)
        else { return own }
        return own + [Layout.databaseFolder]
    }

    /// Folders that a service writes and whose files pass with the process.
    func passingFolders(of service: Service) -> [String] {
        let all = service.writableDirectories + (needsDatabaseFolder(service) ? [Layout.databaseFolder] : [])
        let kept = keptFolders(of: service)
        return all.filter { !kept.contains($0) }
    }

    private static func isForLogs(_ folder: String) -> Bool {
        folder.split(separator: "/").contains { ["log", "logs"].contains($0.lowercased()) }
    }

    /// Volumes of an image's folders that must survive; processes of one image share them.
    func volumes(of image: Image) -> [(name: String, path: String)] {
        let folder = (handwritten(image)?.workingDirectory ?? Layout.workingDirectory) + "/"
        return WritableFolders.paths(of: image, in: self).map { path in
            let inner = path.hasPrefix(folder) ? path.dropFirst(folder.count) : path[...]
            return ("\(image.owner.name)-\(Layout.label(String(inner)))", path)
        }
    }

    /// What a variable says where the database is a file: it is kept in the folder that has a volume.
    func databaseFile(_ variable: Variable, of service: Service) -> String? {
        guard
            service.uses.contains(where: { fileDatabases[$0]?.variable == variable.name }),
            let image = image(of: service)
        else { return nil }
        if let file = keptDatabaseFile(variable, of: service) { return file }
        let folder =
            WritableFolders.paths(of: image, in: self).first { $0.hasSuffix("/\(Layout.databaseFolder)") }
            ?? "\(codeFolder(of: image))/\(Layout.databaseFolder)"
        let scheme = variable.addressExample.flatMap { text in
            text.firstRange(of: "://").map { String(text[..<$0.lowerBound]) }
        }
        if variable.default?.hasPrefix("file:") == true { return "file:\(folder)/app.db" }
        guard let scheme else { return variable.default == nil ? "sqlite:///\(folder)/app.db" : "\(folder)/app.db" }
        return scheme.hasPrefix("sqlite") ? "\(scheme):///\(folder)/app.db" : nil
    }

    /// The code's own default, as an absolute address, where it lies in a folder that is kept.
    private func keptDatabaseFile(_ variable: Variable, of service: Service) -> String? {
        guard let text = variable.default else { return nil }
        let prefix =
            text.firstRange(of: ":///").map { text[..<$0.upperBound] } ?? text.prefix(text.hasPrefix("file:") ? 5 : 0)
        let path = GoPath.clean(String(text.dropFirst(prefix.count).prefix { $0 != "?" }))
        let isKept = service.writableDirectories.contains { folder in
            folder != "." && !folder.hasPrefix("/") && path.hasPrefix(folder + "/")
        }
        guard isKept, prefix.isEmpty || prefix.hasPrefix("sqlite") || prefix == "file:" else { return nil }
        return prefix + self.path(ofWritable: path, of: service)
    }

    /// The migration and then the process, where the database is a file: what runs beside the process, on whatever
    /// platform, has another disk.
    func startAfterMigration(of image: Image) -> [String]? {
        let image = contained(image)
        guard usesSQLite(image), let release = image.services.compactMap(\.release).first,
            let start = image.owner.start, !isHandwritten(image)
        else { return nil }
        return ["sh", "-c", ContainerCommand.replacingShell("\(release) && \(start)")]
    }

    /// Services with files that must survive.
    package var keepers: [Service] { app.services.filter { !$0.writableDirectories.isEmpty } }
}
