// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files of a Django site that no process of it serves outside of debug mode: what collectstatic leaves and what people
/// upload (docs.djangoproject.com/en/stable/howto/static-files/deployment).
struct DjangoPublicFolders {
    struct Found {
        var folder: PublicFolder
        var file: String
        var line: Int
        var why: String
        /// Whether the process fills it.
        var isWritten: Bool
    }

    private(set) var found: [Found] = []
    /// The line of the settings that names an address for files which nothing can collect; `nil` where all is well.
    private(set) var uncollected: (file: String, line: Int)?
    /// Where the process itself serves what collectstatic leaves, and the line that says so.
    private(set) var served: (path: String, file: String, line: Int)?
    private let site: DjangoProject
    private let project: PythonProject
    private let settings: DjangoSettings

    /// Parts of names of storages elsewhere (django-storages.readthedocs.io, its backends).
    private static let remote = [
        "s3", "gcloud", "google", "azure", "dropbox", "cloudinary", "digitalocean", "backblaze", "minio", "oss",
    ]
    /// What serves static files in the process itself.
    private static let servers = [
        "whitenoise", "WhiteNoise", "Cling", "StaticFilesHandler", "ServeStatic", "servestatic",
    ]

    init(_ site: DjangoProject, _ project: PythonProject) {
        self.site = site
        self.project = project
        settings = DjangoSettings(site.settings, project.modules)
        readStatic()
        readMedia()
    }

    private mutating func readStatic() {
        if servesStatic, let url = path("STATIC_URL"), let place = settings.values("STATIC_URL").last {
            served = (url, place.source.path, place.line)
        }
        guard site.installedApps.contains("django.contrib.staticfiles"), !servesStatic,
            !isRemote(["STATICFILES_STORAGE", "STORAGES"], of: "staticfiles")
        else { return }
        guard let url = path("STATIC_URL"), !isAnswered(url) else { return }
        if let folder = folder("STATIC_ROOT") {
            found.append(
                Found(
                    folder: PublicFolder(path: url, directory: folder.place), file: folder.file, line: folder.line,
                    why: "collected there, served by nobody", isWritten: false))
        } else if settings.values("STATIC_ROOT").isEmpty, let address = settings.values("STATIC_URL").last {
            uncollected = (address.source.path, address.line)
        }
    }

    private mutating func readMedia() {
        guard !isRemote(["DEFAULT_FILE_STORAGE", "STORAGES"], of: "default"), let url = path("MEDIA_URL"),
            !isAnswered(url), let folder = folder("MEDIA_ROOT")
        else { return }
        found.append(
            Found(
                folder: PublicFolder(path: url, directory: folder.place), file: folder.file, line: folder.line,
                why: "uploads, served by nobody", isWritten: true))
    }

    /// `/static` of `STATIC_URL = "static/"`; nothing for the address of another server.
    private func path(_ name: String) -> String? {
        guard let text = settings.text(name), !text.contains("://"), !text.hasPrefix("//") else { return nil }
        let steps = text.split(separator: "/")
        guard !steps.isEmpty, !steps.contains(".."), !text.contains("{") else { return nil }
        return "/" + steps.joined(separator: "/")
    }

    /// The folder of a setting, seen from the site's; the last place that has one wins.
    private func folder(_ name: String) -> (place: String, file: String, line: Int)? {
        let paths = PythonPaths(project, startFolder: site.directory)
        for item in settings.values(name).reversed() {
            guard let place = paths.location(item.value, item.source)?.relative(to: site.directory), place != "." else {
                continue
            }
            return (place, item.source.path, item.line)
        }
        return nil
    }

    private var servesStatic: Bool {
        let middleware = settings.elements("MIDDLEWARE").union(settings.elements("MIDDLEWARE_CLASSES"))
        if middleware.contains(where: { name in Self.servers.contains { name.contains($0) } }) { return true }
        return [site.wsgi, site.asgi].compactMap(\.self).contains { entry in
            let text = project.modules.tree.text(entry.path) ?? ""
            return Self.servers.contains { text.contains($0) }
        }
    }

    /// Whether files go to another machine, as one of the settings says.
    private func isRemote(_ names: [String], of alias: String) -> Bool {
        names.contains { name in
            settings.values(name).contains { item in
                // STORAGES holds both kinds, each below its alias.
                let own = item.value.pairs.first { $0.key?.string == alias }?.value
                var isElsewhere = false
                (own ?? item.value).walk { inner in
                    guard let text = inner.string?.lowercased() else { return }
                    if Self.remote.contains(where: text.contains) { isElsewhere = true }
                }
                return isElsewhere
            }
        }
    }

    /// Whether a view of the site answers below a path, in every mode.
    private func isAnswered(_ path: String) -> Bool {
        site.routes.contains { $0.path == path || $0.path.hasPrefix(path + "/") }
    }
}
