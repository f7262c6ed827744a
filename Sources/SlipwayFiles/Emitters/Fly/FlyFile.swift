// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The fly.toml of one image (fly.io/docs/reference/configuration).
struct FlyFile {
    /// Where machines and volumes stand; both must be in one region.
    static let region = "ord"
    /// Seconds that a stopped process has to end its requests, as in the embedded engine.
    private static let grace = "30s"

    let image: Layout.Image
    let layout: Layout
    let tree: SourceTree
    let network: FlyNetwork
    private var listener: Service? { image.services.first { layout.port(of: $0) != nil } }
    private var hasProcesses: Bool { image.services.count > 1 }
    private var writable: [(service: Service, directory: String)] {
        var seen: Set<String> = []
        return image.services.flatMap { service in
            layout.keptFolders(of: service).filter { seen.insert($0).inserted }.map { (service, $0) }
        }
    }

    /// Beside the code, because `dockerfile` is seen from the file and the context is the folder `fly` runs in.
    static func path(of image: Layout.Image, in layout: Layout) -> String {
        layout.file("fly", "toml", for: image.owner)
    }

    var contents: String {
        var map = FileMap()
        map.set("app", .string(image.name))
        map.set(
            "primary_region", .string(Self.region),
            comment: "Take the region nearest to your users: fly platform regions. Volumes stand in the same one.")
        map.set("kill_signal", "SIGTERM")
        map.set("kill_timeout", .string(Self.grace))
        map.set("build", .map(build))
        map.set("deploy", .map(deploy))
        if !environment.isEmpty { map.set("env", .map(environment)) }
        if hasProcesses || layout.startAfterMigration(of: image) != nil { map.set("processes", processes) }
        if let listener { map.set("http_service", .map(service(listener))) }
        if let listener, layout.healthPath(of: listener) == nil {
            map.set(
                "checks", ["listening": .map(portCheck(listener))],
                comment: "No path is known that says whether it can work, so only the port is tried.")
        }
        if let mount { map.set("mounts", .list([.map(mount)]), comment: mountComment) }
        if !statics.isEmpty {
            map.set(
                "statics", .list(statics),
                comment: "Fly's proxy serves what the build left; the process never sees these.")
        }
        if let files {
            map.set("files", .list([.map(files)]), comment: "The door's way to the others on Fly's network.")
        }
        if let listener, let path = layout.metricsPath(of: listener, in: tree), let port = layout.port(of: listener) {
            map.set(
                "metrics", ["port": .integer(Int(port)), "path": .string(path)],
                comment: "Read by Fly's Prometheus every 15 s; shown at fly-metrics.net.")
        }
        map.set("vm", machines, comment: cost)
        return TOMLText.print(
            map,
            comment: "\(image.name) on Fly.io. Deploy everything with scripts/deploy-fly.sh, or this alone with:\n"
                + (image.context == "." ? "" : "cd \(ShellWord.quote(image.context)) && ")
                + "fly deploy --config \(ShellWord.quote(fileInContext))"
        )
    }

    /// The file as it is named from the folder that `fly` runs in.
    private var fileInContext: String {
        let path = Self.path(of: image, in: layout)
        let prefix = image.context + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }

    private var build: FileMap {
        let name = image.dockerfile.split(separator: "/").last.map(String.init) ?? "Dockerfile"
        var build: FileMap = ["dockerfile": .string(name)]
        build.set("build-target", layout.handwritten(image)?.target.map(FileValue.string))
        let arguments = layout.buildArguments(of: image)
        if !arguments.isEmpty {
            build.set(
                "args",
                .pairs(
                    arguments.map { ($0.name, layout.publicAddress($0, at: origin(of: $0)) ?? $0.default ?? "") }),
                comment: "Baked into what browsers load; never a secret.")
        }
        return build
    }

    /// Where a browser finds what a variable of the build means: each server of pages or of an API has a name of its own
    /// there, and only pages of files hand paths on.
    private func origin(of variable: Variable) -> String {
        let asked = image.owner.role == .ssr ? layout.asked(variable).flatMap { layout.image(of: $0) } : nil
        return "https://\((asked ?? image).name).fly.dev"
    }

    private var deploy: FileMap {
        var deploy = FileMap()
        if let release = image.services.compactMap(\.release).first, layout.startAfterMigration(of: image) == nil {
            deploy.set(
                "release_command", .string(Self.command(release)), comment: "Must leave the running release working.")
            deploy.set("release_command_timeout", "5m")
        }
        // A volume belongs to one machine, so a second one cannot stand beside it with the same files.
        deploy.set("strategy", mount == nil && singleInstance == nil ? "rolling" : "immediate")
        deploy.set("wait_timeout", "5m")
        return deploy
    }

    private var singleInstance: String? { image.services.compactMap(\.singleInstance).first }

    private var environment: FileMap {
        var found = FileMap()
        for (variable, source) in layout.runVariables(of: image) {
            switch source {
            case .port(let port): found.set(variable.name, .string("\(port)"))
            case .host:
                let service = image.services.first { $0.hostVariable == variable.name }
                let address = service.flatMap(network.bindAddress)
                found.set(
                    variable.name, .string(address ?? "0.0.0.0"),
                    comment: address == nil ? nil : "Both families: names under .internal are IPv6 only.")
            default:
                let file = image.services.compactMap { layout.databaseFile(variable, of: $0) }.first
                guard let file, let mountDestination, file.contains(mountDestination + "/") else { continue }
                found.set(variable.name, .string(file))
            }
        }
        if mountDestination == Self.volume {
            for (variable, directory) in movable { found.set(variable.name, .string("\(Self.volume)/\(directory)")) }
        }
        return found
    }

    private var processes: FileValue {
        .pairs(
            image.services.compactMap { service in
                guard let start = service.start else { return nil }
                let isFirst = service.name == image.owner.name
                // Fly calls the only process so.
                let name = hasProcesses ? layout.processName(of: service, in: image) : "app"
                guard isFirst, let both = layout.startAfterMigration(of: image) else {
                    return (name, Self.command(start))
                }
                return (name, both.map(ShellWord.quote).joined(separator: " "))
            })
    }

    /// Fly splits a command into words itself and runs no shell, so `${PORT:-8000}` needs one.
    private static func command(_ command: String) -> String {
        guard ContainerCommand.needsShell(command) else { return command }
        return "sh -c \(ShellWord.quote(ContainerCommand.replacingShell(command)))"
    }

    private func service(_ service: Service) -> FileMap {
        let isPublic = network.isPublic(image)
        let mustRun = !isPublic && network.way(to: service) == .direct
        let works = singleInstance != nil
        var map: FileMap = ["internal_port": .integer(Int(layout.port(of: service) ?? Layout.conventionalPort))]
        map.set(
            "force_https", .boolean(isPublic),
            comment: isPublic ? nil : "Private: no public address, reached at \(network.address(of: service)).")
        map.set(
            "auto_stop_machines", mustRun || works || mount != nil ? "off" : "stop",
            comment: works && !mustRun
                ? "It works without being asked, so it always runs and is paid for."
                : mustRun
                    ? "Nothing starts a machine that is asked for at .internal, so one always runs and is paid for."
                    : mount != nil
                        ? "The machine with the volume always runs and is paid for; \"stop\" saves money and delays requests."
                        : "A machine without requests is stopped and costs only its disk; the next request waits for its start."
        )
        map.set("auto_start_machines", true)
        map.set("min_machines_running", mustRun || works || isPublic || mount != nil ? 1 : 0)
        if hasProcesses { map.set("processes", .list([.string(layout.processName(of: service, in: image))])) }
        let isFiles = service.role.isServedFromFiles
        map.set(
            "concurrency",
            ["type": "requests", "soft_limit": isFiles ? 400 : 80, "hard_limit": isFiles ? 500 : 100])
        if let path = layout.healthPath(of: service) {
            map.set(
                "checks",
                [
                    [
                        "grace_period": .string(isFiles ? "5s" : "30s"), "interval": "15s", "timeout": "5s",
                        "method": "GET", "path": .string(path),
                    ]
                ])
        }
        return map
    }

    private func portCheck(_ service: Service) -> FileMap {
        var check: FileMap = [
            "type": "tcp", "port": .integer(Int(layout.port(of: service) ?? Layout.conventionalPort)),
            "grace_period": "30s", "interval": "15s", "timeout": "5s",
        ]
        if hasProcesses { check.set("processes", .list([.string(layout.processName(of: service, in: image))])) }
        return check
    }

    // MARK: Files that survive

    private static let volume = "/data"

    /// Variables that move a writable directory: their default is its name.
    private var movable: [(variable: Variable, directory: String)] {
        writable.compactMap { service, directory in
            layout.app.variables.first { $0.services.contains(service.name) && $0.default == directory }
                .map { ($0, directory) }
        }
    }

    private var mount: FileMap? {
        guard let first = writable.first else { return nil }
        let destination =
            movable.count == writable.count ? Self.volume : layout.path(ofWritable: first.directory, of: first.service)
        var mount: FileMap = ["source": "data", "destination": .string(destination), "initial_size": "1gb"]
        mount.set("snapshot_retention", 14)
        if hasProcesses { mount.set("processes", .list([.string(layout.processName(of: first.service, in: image))])) }
        return mount
    }

    /// Where the volume is seen inside the machine.
    var mountDestination: String? {
        guard case .string(let place)? = mount?["destination"] else { return nil }
        return place
    }

    private var mountComment: String {
        let lost = movable.count == writable.count ? [] : writable.dropFirst().map(\.directory)
        let snapshots = "Snapshots are kept for 14 days."
        guard !lost.isEmpty else { return "A machine has one volume. \(snapshots)" }
        return "A machine has one volume, so \(lost.joined(separator: ", ")) does not survive a deploy. \(snapshots)"
    }

    /// Folders that the process leaves to others, from the image alone: a volume's files cannot be served so
    /// (fly.io/docs/reference/configuration, the statics sections). Behind a front end of files the process is private.
    private var statics: [FileValue] {
        let owner = image.owner
        guard !layout.isHandwritten(image), network.isPublic(image) else { return [] }
        return (owner.publicFolders ?? []).filter { !owner.writes($0) }.map { folder in
            let place = layout.path(ofWritable: folder.directory, of: owner)
            return ["guest_path": .string(place), "url_prefix": .string(folder.path + "/")]
        }
    }

    /// The door's own nginx.conf for Fly's resolver and names.
    private var files: FileMap? {
        guard image.owner.role.isServedFromFiles, layout.front?.name == image.owner.name,
            !layout.upstreams(behind: image.owner).isEmpty
        else { return nil }
        return ["guest_path": "/etc/nginx/nginx.conf", "local_path": .string(Self.nginxName(of: image, in: layout))]
    }

    static func nginxPath(of image: Layout.Image, in layout: Layout) -> String {
        layout.file("nginx.fly", "conf", for: image.owner)
    }
    private static func nginxName(of image: Layout.Image, in layout: Layout) -> String {
        nginxPath(of: image, in: layout).split(separator: "/").last.map(String.init) ?? "nginx.fly.conf"
    }

    // MARK: Machines

    private var machines: FileValue {
        guard hasProcesses else { return .list([.map(machine(image.owner, process: nil))]) }
        return .list(image.services.map { .map(machine($0, process: layout.processName(of: $0, in: image))) })
    }

    private func machine(_ service: Service, process: String?) -> FileMap {
        var machine: FileMap = [
            "size": "shared-cpu-1x", "memory": service.role.isServedFromFiles ? "256mb" : "512mb",
        ]
        if let process { machine.set("processes", .list([.string(process)])) }
        return machine
    }

    private var cost: String {
        "About \(PriceTable.flyMonthly(image.services)) a month for each set that runs all the time (\(PriceTable.flySource))."
    }
}
