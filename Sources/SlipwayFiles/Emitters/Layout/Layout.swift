// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Names, ports and paths on which the files of one application must agree. Every emitter asks here and nowhere else.
package struct Layout: Sendable {
    /// One image: services of one folder and one build differ only in their command.
    package struct Image: Equatable, Sendable {
        /// `pm-server`; the application's name alone when there is one image.
        package let name: String
        /// The service it is named after: the one that listens.
        package let owner: Service
        /// All that run from it, the owner first.
        package let services: [Service]
        /// Folder that is sent to the builder, relative to the root.
        package let context: String
        /// Relative to the root.
        package let dockerfile: String
    }

    /// Where files are served from inside an image.
    package static let documentRoot = "/usr/share/nginx/html"
    /// Above 1023, so that no privilege is needed.
    package static let fileServerPort: UInt16 = 8080
    /// What a process without a stated port is given.
    package static let conventionalPort: UInt16 = 8000
    /// Where the code lies in an image.
    package static let workingDirectory = "/app"

    package let app: AppSpec
    package let images: [Image]
    /// The application's name as platforms take it: lower-case letters, digits and single hyphens, first a letter.
    package let name: String

    /// As ``init(_:tree:)``, with the repository that the input has.
    package init(_ input: EmitterInput) { self.init(input.app, tree: input.tree) }

    /// - Parameter tree: Says which services share a lock file and so a build context; without it each has its own.
    package init(_ app: AppSpec, tree: SourceTree? = nil) {
        self.app = app
        name = Self.label(app.name)
        var groups: [[Service]] = []
        for service in app.services {
            if let place = groups.firstIndex(where: { Self.isSameImage($0[0], service) }) {
                groups[place].append(service)
            } else {
                groups.append([service])
            }
        }
        let folders = Dictionary(grouping: groups) { $0[0].directory }
        var images: [Image] = []
        for group in groups {
            let owner = group.first { $0.role.listens } ?? group[0]
            let directory = owner.directory
            let isShared = (folders[directory]?.count ?? 0) > 1
            images.append(
                Image(
                    name: groups.count == 1 ? name : Self.label("\(name)-\(owner.name)"), owner: owner,
                    services: [owner] + group.filter { $0.name != owner.name },
                    context: tree.map { ContextFolder.of(owner, in: $0) } ?? directory,
                    dockerfile: Self.join(directory, isShared ? "Dockerfile.\(owner.name)" : "Dockerfile")))
        }
        self.images = images
    }

    /// The image that a service runs from.
    package func image(of service: Service) -> Image? {
        images.first { $0.services.contains { $0.name == service.name } }
    }

    /// A file beside the service's code: `client/nginx.conf`, or `client/nginx.web.conf` where two images share the
    /// folder.
    package func file(_ stem: String, _ ending: String, for service: Service) -> String {
        let isShared = images.filter { $0.owner.directory == service.directory }.count > 1
        return Self.join(service.directory, isShared ? "\(stem).\(service.name).\(ending)" : "\(stem).\(ending)")
    }

    /// The nginx configuration of a service that is served from files.
    package func nginxFile(of service: Service) -> String { file("nginx", "conf", for: service) }

    /// Where the service listens inside its image; `nil` for processes without a port.
    package func port(of service: Service) -> UInt16? {
        if service.role.isServedFromFiles { return Self.fileServerPort }
        // Nobody but root may listen below 1024, and no image of ours runs as root.
        if let port = service.port, port < 1024, service.language == "php" || service.portVariable != nil {
            return Self.fileServerPort
        }
        return service.role.listens ? service.port ?? Self.conventionalPort : service.port
    }

    /// What answers 2xx when the service can work; files are answered for by nginx itself, on a path that no other
    /// service owns. `nil` when only the port can be tried.
    package func healthPath(of service: Service) -> String? {
        guard service.role.isServedFromFiles else { return service.healthPath }
        let owned = app.services.filter { $0.name != service.name }.flatMap(\.routes)
        return ["/healthz", "/nginx-health"].first { path in !owned.contains { path == $0 || path.hasPrefix($0 + "/") }
        }
            ?? "/nginx-health-check"
    }

    /// Services that have an address, those with the narrowest routes first.
    package var listeners: [Service] { app.services.filter { port(of: $0) != nil } }

    /// The service that answers what nobody else does; the door of the application.
    package var front: Service? {
        listeners.first { $0.routes.contains("/") } ?? listeners.first { $0.role.isServedFromFiles } ?? listeners.first
    }

    /// Services that the door passes requests on to, with their routes.
    package func upstreams(behind front: Service) -> [(service: Service, routes: [String])] {
        listeners.compactMap { service in
            let routes = service.routes.filter { $0 != "/" }.sorted()
            return service.name == front.name || service.role.isServedFromFiles || routes.isEmpty
                ? nil : (service, routes)
        }
    }

    /// A name that DNS, Kubernetes and every platform accept (RFC 1123, 63 characters).
    package static func label(_ text: String) -> String {
        var label = ""
        for byte in text.utf8 {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            let isFine = (0x61...0x7A).contains(lower) || (0x30...0x39).contains(lower)
            if isFine {
                label.unicodeScalars.append(Unicode.Scalar(lower))
            } else if !label.isEmpty, !label.hasSuffix("-") {
                label += "-"
            }
        }
        if label.utf8.first.map({ (0x30...0x39).contains($0) }) ?? true { label = "app-" + label }
        label = String(label.prefix(63))
        while label.hasSuffix("-") { label.removeLast() }
        return label
    }

    /// Two path components, the first of which may be `.`.
    package static func join(_ directory: String, _ name: String) -> String {
        directory == "." || directory.isEmpty ? name : "\(directory)/\(name)"
    }

    private static func isSameImage(_ left: Service, _ right: Service) -> Bool {
        !left.role.isServedFromFiles && !right.role.isServedFromFiles && left.directory == right.directory
            && left.language == right.language && left.install == right.install && left.build == right.build
    }
}
