// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An existing Dockerfile: versions, port, health check, packages, folder of a built front end, command.
struct DockerfileDetector: Detector {
    let name = "dockerfile"
    let account = DetectorAccount(
        recognises:
            "Language versions, ports, health checks, system packages, the folder that a web server's image takes, the command.",
        reads: [
            "Dockerfiles with their build contexts", "variables that say where to listen",
            "start scripts that they call",
        ],
        confidence: "70 to 80 %, less for an image for development")

    /// Packages that an image installs for its build, for people, or because everybody does.
    private static let hygiene: Set<String> = [
        "build-essential", "gcc", "g++", "make", "cmake", "git", "curl", "wget", "ca-certificates", "gnupg", "gnupg2",
        "apt-transport-https",
        "lsb-release", "pkg-config", "python3-dev", "libffi-dev", "netcat", "netcat-openbsd", "netcat-traditional",
        "vim", "nano", "sudo", "procps",
        "python3", "python3-pip", "python3-venv", "software-properties-common", "unzip", "less", "tini", "dumb-init",
        "gosu", "supervisor", "nginx", "cron", "nodejs", "npm", "tzdata", "locales", "openssl", "net-tools",
        "iputils-ping", "bash", "musl-dev", "rsync", "xz-utils", "zip", "jq",
    ]

    /// Variables by which frameworks and platforms say where to listen.
    private static let portVariables = [
        "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_URLS", "ROCKET_PORT", "SERVER_PORT", "QUARKUS_HTTP_PORT", "NITRO_PORT",
        "FLASK_RUN_PORT", "STREAMLIT_SERVER_PORT", "GRADIO_SERVER_PORT", "PORT", "APP_PORT", "HTTP_PORT",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let folders = ServiceFolders(repository)
        return repository.images.flatMap { image, context -> [Evidence] in
            guard let folder = folders.folder(context: context, dockerfile: image.path, copied: image.copied) else {
                return []
            }
            return evidence(image, folder, repository)
        }
    }

    private func evidence(_ image: DockerImage, _ folder: String, _ repository: Repository) -> [Evidence] {
        let subject = Subject(folder, Subject.web)
        // A second Dockerfile for development says less.
        let isSecond = ["dev", "test", "local", "debug"].contains {
            image.path.lastPathComponent.lowercased().contains($0)
        }
        let weight = isSecond ? 0.6 : 1.0
        func claim(_ claim: Claim, _ subject: Subject, _ line: Int, _ why: String, _ confidence: Double) -> Evidence {
            .claim(claim, for: subject, file: image.path, line: line, why: why, confidence: confidence * weight)
        }
        var found: [Evidence] = []
        for language in ["python", "node", "swift", "ruby", "golang", "php"] {
            guard let version = image.version(of: language), Self.speaks(language, folder, repository) else { continue }
            found.append(
                claim(
                    .languageVersion(version.value), Subject(folder, nil), version.line,
                    "base image \(language):\(version.value)", 0.8))
        }
        if let served = image.servedFolder, served.value != "." {
            found.append(
                claim(
                    .outputDirectory(served.value), Subject(folder, Subject.site), served.line,
                    "folder that the web server's image takes", Confidence.toolFile))
        }
        guard !image.isFileServer, !(image.isNode && repository.hasPythonService(in: folder)) else { return found }
        // php-fpm's 9000 speaks FastCGI, and so no browser or probe to it.
        let speaksFastCGI = image.bases.contains { $0.value.contains("php") && $0.value.contains("fpm") }
        for port in image.ports.filter({ !speaksFastCGI || $0.value != 9000 }).prefix(1) {
            found.append(claim(.port(port.value), subject, port.line, "EXPOSE \(port.value)", 0.7))
        }
        for name in Self.portVariables {
            guard let given = image.environment[name], let port = DotNetListening.port(ofAddresses: given.value) else {
                continue
            }
            found.append(claim(.port(port), subject, given.line, "ENV \(name)", 0.72))
            break
        }
        if let path = image.healthPath {
            found.append(claim(.healthPath(path.value), subject, path.line, "HEALTHCHECK", 0.75))
        }
        for package in image.packages where !Self.hygiene.contains(package.value) {
            let isBuild = package.value.hasSuffix("-dev")
            found.append(
                claim(
                    isBuild ? .buildPackage(package.value) : .systemPackage(package.value), Subject(folder, nil),
                    package.line, "installed by the Dockerfile", 0.7))
        }
        if let command = image.command {
            found += CommandEvidence(repository).claims(
                command.value, folder: folder, file: image.path, line: command.line,
                confidence: Confidence.toolFile * weight, worker: Self.worker(of: image, folder, repository))
        }
        return found
    }

    /// The name of a process that an image of its own folder runs without a port.
    private static func worker(of image: DockerImage, _ folder: String, _ repository: Repository) -> String? {
        guard folder != ".", image.ports.isEmpty, repository.images.count > 1, !repository.hasService(in: folder),
            image.path.parentDirectory == folder, repository.python.contains(where: { $0.directory == folder })
        else { return nil }
        return folder.lastPathComponent
    }

    private static func speaks(_ image: String, _ folder: String, _ repository: Repository) -> Bool {
        switch image {
        case "python": repository.python.contains { repository.startFolder(of: $0) == folder }
        case "node":
            repository.node.contains { $0.directory == folder }
                && !repository.python.contains { repository.startFolder(of: $0) == folder }
        case "golang": repository.tree.contains(folder.appending(path: "go.mod"))
        case "swift": repository.tree.contains(folder.appending(path: "Package.swift"))
        case "ruby": repository.tree.contains(folder.appending(path: "Gemfile"))
        default: repository.tree.contains(folder.appending(path: "composer.json"))
        }
    }
}
