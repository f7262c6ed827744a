// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A folder in which a program keeps what people give it.
struct KeptFolder {
    /// As the code says it: absolute, or seen from where the program starts.
    let path: String
    /// The folder of the program that writes there.
    let program: String
    /// Where the code says it, when that is known.
    let place: (file: String, line: Int)?

    /// Words of names of folders whose loss somebody notices.
    private static let subjects = [
        "upload", "media", "data", "storage", "attachment", "chroma", "vector", "index", "memor", "persist", "artifact",
        "document", "avatar", "image", "files", "db",
    ]

    /// Those that detection has found, without what passes and without what comes with the code.
    static func known(in repository: CheckedRepository) -> [KeptFolder] {
        let uploads = LaravelUploads.kept(in: repository)
        guard let app = repository.app else { return uploads }
        return uploads
            + app.services.flatMap { service -> [KeptFolder] in
                guard service.role == .backend || service.role == .ssr else { return [] }
                return service.writableDirectories.compactMap { directory in
                    guard !PassingFolder.isPassing(directory), directory != ".", !directory.hasPrefix("storage/"),
                        subjects.contains(where: directory.lowercased().contains),
                        !comesWithCode(GoPath.clean(service.directory + "/" + directory), repository.tree),
                        directory.split(separator: "/").last != "media" || service.framework != "django"
                            || DjangoFiles.areKept(in: repository)
                    else { return nil }
                    return KeptFolder(path: directory, program: service.directory, place: nil)
                }
            }
    }

    /// Files in git say that the folder is read and comes anew with each image.
    private static func comesWithCode(_ folder: String, _ tree: SourceTree) -> Bool {
        tree.files(under: folder).contains {
            !$0.name.hasPrefix(".git") && $0.name != "README.md" && $0.name != ".keep"
        }
    }

    /// The same, of one path, seen inside a container.
    func inside(workdir: String) -> String { path.hasPrefix("/") ? path : GoPath.clean(workdir + "/" + path) }
}

/// Django writes below MEDIA_ROOT only when a model has a field for files and no other storage is set.
private enum DjangoFiles {
    private static let stores = [
        "storages.backends", "cloudinary_storage", "S3Boto3", "GoogleCloudStorage", "AzureStorage",
    ]

    static func areKept(in repository: CheckedRepository) -> Bool {
        let settings = PythonSettings.all(in: repository).flatMap(\.lines)
        guard !settings.contains(where: { line in stores.contains(where: line.contains) }) else { return false }
        return !repository.code([".py"], with: ["FileField(", "ImageField(", "default_storage"]).filter { code in
            !code.path.contains("migrations/")
                && code.line(with: "models.FileField(", "models.ImageField(", "default_storage.save") != nil
        }.isEmpty
    }
}

/// Rails keeps what people attach below `storage` when production says `:local`.
enum ActiveStorage {
    /// Where production chooses the local disk; `nil` when nothing is attached, or kept elsewhere.
    static func local(in repository: CheckedRepository) -> (file: String, line: Int)? {
        repository.tree.files(named: "production.rb").lazy.compactMap { entry -> (file: String, line: Int)? in
            guard entry.path.hasSuffix("config/environments/production.rb"), let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard
                let index = lines.firstIndex(where: {
                    $0.trimmed.hasPrefix("config.active_storage.service") && $0.contains("= :local")
                }),
                !repository.code([".rb"], with: ["has_one_attached", "has_many_attached"]).filter({ code in
                    code.lines.contains {
                        $0.trimmed.hasPrefix("has_one_attached") || $0.trimmed.hasPrefix("has_many_attached")
                    }
                }).isEmpty
            else { return nil }
            return (entry.path, index + 1)
        }.first
    }
}

/// Absolute folders that Python code writes files to.
enum AbsoluteFolders {
    struct Found {
        let path: String
        let file: String
        let line: Int
    }
    private static let writes = ["'wb'", "'wb+'", "'ab'", "write_bytes(", ".save(", "copyfileobj(", "shutil.move("]
    private static let passing = [
        "/tmp", "/etc", "/proc", "/dev", "/usr", "/bin", "/run", "/sys", "/var/log", "/home", "/root",
    ]

    /// `os.path.join('/app/artifacts', name)` where the same file writes.
    static func all(in repository: CheckedRepository) -> [Found] {
        repository.code([".py"], with: ["'/app/", "\"/app/", "'/data", "\"/data", "'/var/", "\"/var/"]).compactMap {
            code in
            guard code.bare.contains(where: { line in writes.contains(where: line.contains) }) else { return nil }
            for (index, line) in code.bare.enumerated()
            where line.contains("os.path.join('/") || line.contains("Path('/") {
                let parts = line.split(separator: "'", omittingEmptySubsequences: false)
                guard let path = parts.first(where: { $0.hasPrefix("/") }).map(String.init),
                    path.split(separator: "/").count >= 2, !passing.contains(where: path.hasPrefix),
                    !PassingFolder.isPassing(path), !path.contains("."), !path.contains("{"), !line.contains("getenv"),
                    !line.contains("environ"),
                    code.bare[index..<min(code.bare.count, index + 12)].contains(where: { near in
                        writes.contains(where: near.contains)
                    })
                else { continue }
                return Found(path: GoPath.clean(path), file: code.path, line: index + 1)
            }
            return nil
        }
    }
}
