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
    /// the folder of its database file.
    func keptFolders(of service: Service) -> [String] {
        guard service.uses.contains(where: { fileDatabases[$0] != nil }), !service.role.isServedFromFiles,
            !service.writableDirectories.contains(Layout.databaseFolder)
        else { return service.writableDirectories }
        return service.writableDirectories + [Layout.databaseFolder]
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
        let folder =
            WritableFolders.paths(of: image, in: self).first { $0.hasSuffix("/\(Layout.databaseFolder)") }
            ?? "\(codeFolder(of: image))/\(Layout.databaseFolder)"
        let scheme = variable.default.flatMap { text in
            text.firstRange(of: "://").map { String(text[..<$0.lowerBound]) }
        }
        if variable.default?.hasPrefix("file:") == true { return "file:\(folder)/app.db" }
        guard let scheme else { return variable.default == nil ? "sqlite:///\(folder)/app.db" : "\(folder)/app.db" }
        return scheme.hasPrefix("sqlite") ? "\(scheme):///\(folder)/app.db" : nil
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
