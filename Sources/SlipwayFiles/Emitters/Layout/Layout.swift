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
    /// Services that have an address.
    package let listeners: [Service]
    /// The service that answers what nobody else does; the door of the application.
    package let front: Service?
    /// What each service reads, sorted by name.
    let variables: [String: [Variable]]
    let owned: OwnedSecret
    private let imagePlaces: [String: Int]
    /// Where images that somebody wrote by hand listen.
    private let handwrittenPorts: [String: UInt16]
    let handwritten: [String: HandwrittenImage]
    /// Build arguments that Slipway's own Dockerfiles declare, by the path of the file.
    private(set) var declared: [String: Set<String>] = [:]
    private(set) var idleServers: Set<String> = []
    /// Commands that are typed otherwise in a service's image, by the service's name.
    private(set) var contained: [String: ContainedCommands] = [:]
    /// What images set for their processes, by the path of the Dockerfile.
    private var settings: [String: HandwrittenImage.Settings] = [:]
    private let handwrittenServers: Set<String>
    private let sharedFolders: Set<String>
    /// Places in the app spec by name, so that no emitter looks for one by walking all of them.
    private let servicePlaces: [String: Int]
    private let resourcePlaces: [String: Int]
    /// Databases in a file, by name.
    let fileDatabases: [String: Resource]
    private let resourcesByVariable: [String: [Resource]]
    /// Names of the services that answer a path on which nginx would answer for itself.
    private let healthOwners: [String: Set<String>]
    /// The pages that hand paths on to back ends; `nil` where there are none.
    let nameOfDoor: String?
    /// What the nginx before the back ends serves for them.
    private(set) var doorFolders: [DoorFolder] = []

    /// - Parameter tree: Says which services share a lock file and so a build context; without it each has its own.
    package init(_ app: AppSpec, tree: SourceTree? = nil) {
        let app = Self.withRoutedAddresses(Self.completed(app))
        self.app = app
        name = Self.label(app.name)
        nameOfDoor = Self.door(app).flatMap { $0.routes.isEmpty ? nil : $0.service.name }
        var groups: [[Service]] = []
        var places: [[String?]: Int] = [:]
        for service in app.services {
            if let key = Self.imageKey(service) {
                if let place = places[key] {
                    groups[place].append(service)
                    continue
                }
                places[key] = groups.count
            }
            groups.append([service])
        }
        let folders = Dictionary(grouping: groups) { $0[0].directory }
        var images: [Image] = []
        for group in groups {
            let owner = group.first { $0.role.listens } ?? group[0]
            let directory = owner.directory
            let isShared = (folders[directory]?.count ?? 0) > 1
            let dockerfile = Self.join(directory, isShared ? "Dockerfile.\(owner.name)" : "Dockerfile")
            let context = tree.map { tree in
                HandwrittenImages.context(
                    of: dockerfile, usual: ContextFolder.of(owner, in: tree), directory: directory, in: tree)
            }
            images.append(
                Image(
                    name: groups.count == 1 ? name : Self.label("\(name)-\(owner.name)"), owner: owner,
                    services: [owner] + group.filter { $0.name != owner.name }, context: context ?? directory,
                    dockerfile: dockerfile))
        }
        self.images = images
        sharedFolders = Set(Dictionary(grouping: images) { $0.owner.directory }.filter { $0.value.count > 1 }.keys)
        imagePlaces = Dictionary(
            images.enumerated().flatMap { place, image -> [(String, Int)] in image.services.map { ($0.name, place) } }
        ) { first, _ in first }
        var variables: [String: [Variable]] = [:]
        for variable in app.variables.sorted(by: { $0.name < $1.name }) {
            for service in Set(variable.services) { variables[service, default: []].append(variable) }
        }
        self.variables = variables
        owned = OwnedSecret(application: app)
        fileDatabases = Dictionary(app.resources.filter { $0.kind == .sqlite }.map { ($0.name, $0) }) { first, _ in
            first
        }
        servicePlaces = Dictionary(app.services.enumerated().map { ($1.name, $0) }) { first, _ in first }
        resourcePlaces = Dictionary(app.resources.enumerated().map { ($1.name, $0) }) { first, _ in first }
        resourcesByVariable = Dictionary(grouping: app.resources.filter { $0.variable != nil }) { $0.variable ?? "" }
        healthOwners = Self.healthOwners(app.services)
        let theirs = HandwrittenImages(images, in: tree)
        handwritten = theirs.dockerfiles
        handwrittenPorts = theirs.ports
        handwrittenServers = theirs.servers
        let listeners = app.services.filter { Self.port(of: $0) != nil }
        self.listeners = listeners
        front =
            listeners.first { $0.routes.contains("/") } ?? listeners.first { $0.role.isServedFromFiles }
            ?? listeners.first
        idleServers = Self.idleServers(self)
        contained = Self.containedCommands(self, in: tree)
        doorFolders = sharedWithDoor
    }

    /// Databases in SQL that no variable leads to while one does to another: code that can work with several kinds
    /// names the drivers of all, and asks one.
    private static func idleServers(_ layout: Layout) -> Set<String> {
        let servers = layout.app.resources.filter { [.postgres, .mysql, .mariadb].contains($0.kind) }
        guard servers.count > 1 else { return [] }
        let reached = layout.app.services.flatMap { layout.runVariables(of: $0) }.compactMap { _, source -> String? in
            switch source {
            case .resource(let resource), .part(let resource, _): resource.name
            default: nil
            }
        }
        guard servers.contains(where: { reached.contains($0.name) }) else { return [] }
        return Set(servers.filter { $0.variable == nil && !reached.contains($0.name) }.map(\.name))
    }

    /// A second process that somebody named beside detected code runs from the same image: it has the same language.
    private static func completed(_ app: AppSpec) -> AppSpec {
        var app = app
        for index in app.services.indices {
            let service = app.services[index]
            // Files that are served are never written.
            if service.role.isServedFromFiles { app.services[index].writableDirectories = [] }
            // One variable cannot be both, and without a port nothing is reached.
            if service.hostVariable == service.portVariable { app.services[index].hostVariable = nil }
            // A hand-written image of one stage installs compilers beside what runs.
            app.services[index].systemPackages = service.systemPackages.filter { !BuildTools.isTool($0) }
            app.services[index].buildPackages = Set(
                service.buildPackages + service.systemPackages.filter(BuildTools.isTool)
            ).sorted()
            if let port = service.port, isMoved(port, of: service), let variable = service.portVariable {
                app.services[index].start = service.start?.replacing(
                    "${\(variable):-\(port)}", with: "${\(variable):-\(fileServerPort)}")
            }
            app.services[index].start = app.services[index].start.map(CeleryBeat.withPlaceForSchedule)
            guard service.language == nil, service.start != nil, !service.role.isServedFromFiles,
                let sibling = app.services.first(where: {
                    $0.directory == service.directory && $0.language != nil && !$0.role.isServedFromFiles
                })
            else { continue }
            app.services[index].language = sibling.language
            app.services[index].languageVersion = sibling.languageVersion
            app.services[index].packageManager = sibling.packageManager
            app.services[index].install = service.install ?? sibling.install
            app.services[index].build = service.build ?? sibling.build
            app.services[index].systemPackages = Set(service.systemPackages + sibling.systemPackages).sorted()
            app.services[index].buildPackages = Set(service.buildPackages + sibling.buildPackages).sorted()
        }
        return app
    }

    /// The image that a service runs from.
    package func image(of service: Service) -> Image? { imagePlaces[service.name].map { images[$0] } }

    /// A file beside the service's code: `client/nginx.conf`, or `client/nginx.web.conf` where two images share the
    /// folder.
    package func file(_ stem: String, _ ending: String, for service: Service) -> String {
        return Self.join(
            service.directory,
            sharedFolders.contains(service.directory) ? "\(stem).\(service.name).\(ending)" : "\(stem).\(ending)")
    }

    /// The nginx configuration of a service that is served from files; beside one that a person wrote for another image
    /// it has the service's name, because an image of ours cannot do with any but its own.
    package func nginxFile(of service: Service) -> String {
        let name = file("nginx", "conf", for: service)
        guard handwrittenServers.contains(name), image(of: service).map(isHandwritten) == false else { return name }
        return Self.join(service.directory, "nginx.\(service.name).conf")
    }

    /// Where the service listens inside its image; `nil` for processes without a port.
    package func port(of service: Service) -> UInt16? { handwrittenPorts[service.name] ?? Self.port(of: service) }

    /// Remembers which variables of the build the images' own files take.
    mutating func follow(_ dockerfiles: [GeneratedFile]) {
        let texts = Dictionary(dockerfiles.map { ($0.path, $0.contents) }) { first, _ in first }
        for image in images where image.services.contains(where: { !buildVariables(of: $0).isEmpty }) {
            declared[image.dockerfile] = texts[image.dockerfile].map { HandwrittenImage($0).arguments }
        }
        for image in images {
            if let theirs = handwritten[image.dockerfile] {
                settings[image.dockerfile] = theirs.settings
            } else if let text = texts[image.dockerfile] {
                let names = image.services.flatMap { variables[$0.name] ?? [] }.map(\.name)
                // Few images set what their code reads, and only those are worth the reading.
                guard names.contains(where: { text.contains($0 + "=") }) else { continue }
                settings[image.dockerfile] = HandwrittenImage(text).settings
            }
        }
    }

    /// Whether what visitors reach has to be given a value that the code could do without: a key that everybody can read
    /// is none, and a list of no hosts answers nobody.
    func asks(for variable: Variable, _ source: VariableSource) -> Bool {
        variable.required || wantsPublicAddress(variable) || variable.mustListVisitors
            || source == .invented && variable.hasPublicDefault
            || variable.isHostList && variable.default?.isEmpty != false
    }

    /// The names that visitors use, and those that the health check beside the process uses. Without a default of the
    /// code a person has to say them: an empty list answers nobody, and ours alone would hide what the code falls
    /// back to.
    func hostList(_ variable: Variable, asking verb: String, isDevelopment: Bool = false) -> String {
        let own = variable.default ?? ""
        // On a developer's machine nobody comes by another name.
        if isDevelopment, own.isEmpty { return "${\(variable.name):-\(Variable.ownHosts.joined(separator: ","))}" }
        let given = "${\(variable.name):\(own.isEmpty ? "?\(verb) \(variable.name)" : "-\(own)")}"
        return ([given] + Variable.ownHosts).joined(separator: ",")
    }

    /// What Compose and Swarm are to hand to a service for a variable that nobody need set: without a value it is taken
    /// from the environment, but where that has none it is taken away from what the image sets
    /// (github.com/compose-spec/compose-spec, environment). So the image's own value is the one to fall back to.
    func passedOn(_ name: String, to service: Service, isDevelopment: Bool) -> FileValue {
        guard let image = image(of: service), let found = settings[image.dockerfile] else { return .null }
        guard let own = isDevelopment ? found.development[name] : found.deployed[name] else { return .null }
        return .string("${\(name):-\(own)}")
    }

    private static func port(of service: Service) -> UInt16? {
        if service.role.isServedFromFiles { return Self.fileServerPort }
        if let port = service.port, isMoved(port, of: service) { return Self.fileServerPort }
        return service.role.listens ? service.port ?? Self.conventionalPort : service.port
    }

    /// Nobody but root may listen below 1024, and no image of ours runs as root.
    private static func isMoved(_ port: UInt16, of service: Service) -> Bool {
        port < 1024 && (service.language == "php" || service.portVariable != nil)
    }

    /// What answers 2xx when the service can work; files are answered for by nginx itself, on a path that no other
    /// service owns. `nil` when only the port can be tried.
    package func healthPath(of service: Service) -> String? {
        guard service.role.isServedFromFiles else { return service.healthPath }
        // Another server's configuration knows no path of ours, but it has the first page.
        if let image = image(of: service), isHandwritten(image) { return "/" }
        return Self.healthPaths.first { (healthOwners[$0] ?? []).subtracting([service.name]).isEmpty }
            ?? "/nginx-health-check"
    }

    private static let healthPaths = ["/healthz", "/nginx-health"]

    private static func healthOwners(_ services: [Service]) -> [String: Set<String>] {
        var owners: [String: Set<String>] = [:]
        for service in services {
            for route in service.routes {
                for path in healthPaths where path == route || path.hasPrefix(route + "/") {
                    owners[path, default: []].insert(service.name)
                }
            }
        }
        return owners
    }

    /// The services of these names that there are, in the order of the app spec.
    func services(named names: Set<String>) -> [Service] {
        names.compactMap { servicePlaces[$0] }.sorted().map { app.services[$0] }
    }

    /// Resources that the services use and that have a server of their own, in the order of the app spec.
    package func resources(of services: [Service]) -> [Resource] {
        Set(services.flatMap(\.uses).compactMap { resourcePlaces[$0] }).sorted().map { app.resources[$0] }
            // A store of files that no variable leads to is the cloud's: a server beside it would never be asked.
            .filter { $0.kind != .external && $0.kind != .sqlite && ($0.kind != .s3 || $0.variable != nil) }
            .filter { !idleServers.contains($0.name) }
    }

    /// Resources whose address the variable is.
    func resources(behind variable: Variable) -> [Resource] { resourcesByVariable[variable.name] ?? [] }

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
        while label.hasSuffix("-") { label.removeLast() }
        return ShortName.of(label, limit: 63)
    }

    /// Two path components, the first of which may be `.`.
    package static func join(_ directory: String, _ name: String) -> String {
        directory == "." || directory.isEmpty ? name : "\(directory)/\(name)"
    }

    /// What services must have in common to run from one image; `nil` for files, which have one each.
    private static func imageKey(_ service: Service) -> [String?]? {
        service.role.isServedFromFiles
            ? nil : [service.directory, service.language, service.install, service.build]
    }
}
