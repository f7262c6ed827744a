// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// What runs tomorrow is not what was tested today.
    static let movingTag = Rule(
        "CO028", .warning, "an image has no fixed tag",
        why: "Without a tag, or with latest, the next pull brings another version: a new major version of a database "
            + "refuses the old data, and going back is impossible.",
        catches: [
            "services:\n  db:\n    image: postgres\n", "services:\n  web:\n    image: owner/web:latest\n",
            "services:\n  cache:\n    image: redis:alpine\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n", "services:\n  web:\n    build: .\n    image: web:latest\n",
            "services:\n  web:\n    image: web:${TAG:?}\n",
        ]
    ) { file in
        // Compose builds some of these itself under the same name.
        let own = Set(
            file.repository.composeFiles.flatMap { other in
                other.services.compactMap { service in
                    service.build == nil ? nil : service.image.map { ImageName($0.text).repository }
                }
            })
        return file.services.compactMap { service in
            guard let image = service.image, service.build == nil, !image.text.isEmpty, !image.text.hasSuffix(":"),
                file.anywhere(service.name).allSatisfy({ $0.build == nil })
            else { return nil }
            let name = ImageName(image.text)
            let isVague = name.digest == nil && ["alpine", "slim", "stable", "lts", "edge"].contains(name.tag ?? "")
            guard name.isMoving || isVague, !own.contains(name.repository) else { return nil }
            let isStore = file.known(service)?.isStore == true
            return Violation(
                line: image.line, column: image.position.column,
                "\(image.text) can be another version at the next pull; write: "
                    + "\(name.registry.isEmpty ? "" : name.registry + "/")\(name.repository):VERSION",
                severity: file.isForDevelopment || (isVague && !isStore) ? .info : .warning)
        }
    }

    /// The data stands where nothing is mounted.
    static let dataOutsideVolume = Rule(
        "CO029", .warning, "a database keeps its data in the container",
        why: "What is written outside a volume goes with the container: at the next pull, recreate or compose down.",
        catches: [
            "services:\n  db:\n    image: postgres:16\n",
            "services:\n  db:\n    image: postgres:16\n    volumes: ['data:/data/postgres']\nvolumes:\n  data:\n",
            // What only developers start mends nothing here.
            [
                "docker-compose.prod.yml": "services:\n  db:\n    image: postgres:16\n",
                "docker-compose.dev.yml":
                    "services:\n  db:\n    image: postgres:16\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            ],
        ],
        passes: [
            "services:\n  db:\n    image: postgres:16\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            "services:\n  db:\n    image: postgres:16\n    tmpfs: /var/lib/postgresql/data\n",
            [
                "docker-compose.yml": "services:\n  db:\n    image: postgres:16\n",
                "docker-compose.prod.yml":
                    "services:\n  db:\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            ],
            "services:\n  s3:\n    image: minio/minio\n    command: -c 'mkdir -p /d/a && minio server /d'\n    volumes: ['m:/d']\n",
            "services:\n  db:\n    image: postgres:16\n    environment: {PGDATA: /d/pg}\n    volumes: ['d:/d']\nvolumes:\n  d:\n",
        ]
    ) { file in
        file.services.compactMap { service in
            guard let image = file.known(service), image.isStore || image.kind == .metrics, !image.dataPaths.isEmpty,
                service.node["extends"] == nil, service.node["tmpfs"] == nil, !isThrowaway(service)
            else { return nil }
            let mounts = file.deployedWith(service.name).flatMap(\.mounts)
            let paths = DataPaths.of(service, image, runningAs: file.runningImage(of: service) ?? "")
            let isKept = mounts.contains { mount in
                guard mount.source != nil || mount.kind == .tmpfs else { return false }
                return paths.contains { $0 == mount.target || DataPaths.covers(mount.target, $0) }
            }
            guard !isKept else { return nil }
            let misplaced = mounts.first { $0.source != nil && isData($0, of: image) }
            let fits = paths.first ?? ""
            let severity: Severity =
                file.isForDevelopment
                ? .info
                : image.kind != .database ? .info : misplaced != nil || isForProduction(file) ? .error : .warning
            return Violation(
                line: misplaced?.position.line ?? service.line,
                misplaced.map {
                    "\(image.title) does not keep its data at \($0.target); write: - \($0.source ?? "data"):\(fits)"
                }
                    ?? "\(service.name) loses its data with the container; add: volumes: ['\(service.name)-data:\(fits)']",
                severity: severity)
        }
    }

    /// Whether the file says that what it holds is in use.
    private static func isForProduction(_ file: CheckedFile<ComposeFile>) -> Bool {
        DevelopmentPath.isProduction(SourceTree.Entry(path: file.location).name)
    }

    private static func isThrowaway(_ service: ComposeService) -> Bool {
        let words = service.name.lowercased().split { "-_.".contains($0) }
        let command = service.command?.text ?? ""
        return words.contains { ["test", "tests", "testing", "e2e", "ci"].contains($0) }
            || command.contains("--save ''") || command.contains("--appendonly no")
    }

    /// Whether a mount was meant for data and not for settings or scripts.
    private static func isData(_ mount: ComposeMount, of image: KnownImage) -> Bool {
        let target = mount.target
        // A folder of the host is called what it holds.
        let names = ["data", "db", image.title.lowercased().filter(\.isLetter)]
        let isNamed = names.contains { target.lowercased().contains($0) || mount.source?.contains($0) == true }
        return (mount.kind == .volume || isNamed) && !target.contains("initdb") && !target.contains("/etc/")
            && !target.contains("conf")
            && !target.hasSuffix(".sql") && !target.hasSuffix(".sh") && !target.contains("backup")
    }

    /// Since version 18 the image stops at a mount in the old place.
    static let postgresPath = Rule(
        "CO030", .error, "PostgreSQL 18 does not start with a volume at the old path",
        why: "Since version 18 the image keeps its data below /var/lib/postgresql/MAJOR, and stops with an error when "
            + "something is mounted at /var/lib/postgresql/data.",
        catches: [
            "services:\n  db:\n    image: postgres:18\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            "services:\n  db:\n    image: postgres:latest\n    volumes: ['./d:/var/lib/postgresql/data']\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:18\n    volumes: ['d:/var/lib/postgresql']\nvolumes:\n  d:\n",
            "services:\n  db:\n    image: postgres:17\n    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n",
            RuleExample(
                "services:\n  db:\n    image: postgres:18\n    environment: {PGDATA: /var/lib/postgresql/data/p}\n"
                    + "    volumes: ['d:/var/lib/postgresql/data']\nvolumes:\n  d:\n"),
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let image = file.runningImage(of: service), DataPaths.isPostgres18(ImageName(image)),
                !service.environment.contains(where: { $0.name == "PGDATA" })
            else { return [] }
            return service.mounts.compactMap { mount in
                guard GoPath.clean(mount.target) == "/var/lib/postgresql/data", let source = mount.source else {
                    return nil
                }
                let isExplicit = (ImageName(image).majorVersion ?? 0) >= 18
                return Violation(
                    line: mount.position.line,
                    "\(image) refuses a mount at \(mount.target); write: \(source):/var/lib/postgresql"
                        + (isExplicit ? "" : ", or pin the version that your data has: image: postgres:17"))
            }
        }
    }
}

/// Where known images keep their data.
enum DataPaths {
    static func of(_ service: ComposeService, _ image: KnownImage, runningAs name: String) -> [String] {
        if let path = service.environment.first(where: { $0.name == "PGDATA" })?.value, !path.isEmpty { return [path] }
        let commands = [service.node["entrypoint"]?.text, service.command?.text].compactMap(\.self)
        if !commands.isEmpty {
            let words = commands.joined(separator: " ").split { " '\"\n".contains($0) }.map(String.init)
            if let flag = words.firstIndex(of: "--dir"), words.indices.contains(flag + 1) { return [words[flag + 1]] }
            if image.title == "MinIO", let path = words.last(where: { $0.hasPrefix("/") }) { return [path] }
        }
        if image.title == "PostgreSQL", isPostgres18(ImageName(name)) { return ["/var/lib/postgresql"] }
        if image.title == "InfluxDB", ImageName(name).majorVersion == 1 { return ["/var/lib/influxdb"] }
        if image.title == "Redis", let path = service.mounts.first(where: { $0.target.contains("bitnami") }) {
            return [path.target]
        }
        return ImageName(name).repository.hasPrefix("bitnami")
            ? ["/bitnami/\(ImageName(name).name)"] : image.dataPaths
    }

    /// Whether the official image of this tag is version 18 or later.
    static func isPostgres18(_ image: ImageName) -> Bool {
        guard image.repository == "postgres", image.digest == nil else { return false }
        if let major = image.majorVersion { return major >= 18 }
        return ["latest", "alpine", "bookworm", "trixie"].contains(image.tag ?? "latest")
    }

    /// Whether what is mounted at a folder holds the path.
    static func covers(_ folder: String, _ path: String) -> Bool {
        let (folder, path) = (GoPath.clean(folder), GoPath.clean(path))
        // The image declares a volume of its own at the old path, which lies over a mount above it.
        if path == "/var/lib/postgresql/data" { return folder == path }
        return folder == path || path.hasPrefix(folder + "/") || folder.hasPrefix(path + "/")
    }
}
