// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Dockerfiles that are not Slipway's and stay where they are: what is written beside them follows them.
struct HandwrittenImages {
    /// By the path of the Dockerfile.
    private(set) var dockerfiles: [String: HandwrittenImage] = [:]
    /// By the name of the service that listens.
    private(set) var ports: [String: UInt16] = [:]

    /// nginx configurations where ours would stand.
    private(set) var servers: Set<String> = []

    init(_ images: [Layout.Image], in tree: SourceTree?) {
        guard let tree else { return }
        for image in images {
            let server = Layout.join(image.owner.directory, "nginx.conf")
            if image.owner.role.isServedFromFiles, tree.contains(server) { servers.insert(server) }
            guard tree.contains(image.dockerfile), let text = tree.text(image.dockerfile),
                !text.contains(Self.mark)
            else { continue }
            let theirs = HandwrittenImage(text)
            dockerfiles[image.dockerfile] = theirs
            guard image.owner.role.listens || image.owner.role.isServedFromFiles else { continue }
            ports[image.owner.name] = Self.port(of: theirs, image.owner, tree)
        }
    }

    /// `nil` where several numbers are said, or none by what listens where its service says.
    private static func port(of image: HandwrittenImage, _ service: Service, _ tree: SourceTree) -> UInt16? {
        guard let stage = image.stage else { return nil }
        let exposed = image.lineage(of: stage).filter { $0.keyword == "EXPOSE" }.flatMap(\.arguments)
        if !exposed.isEmpty { return exposed.count == 1 ? UInt16(exposed[0].prefix { $0 != "/" }) : nil }
        guard service.role.isServedFromFiles else { return nil }
        let base = stage.from.arguments.first?.split(separator: "/").last ?? ""
        if base.hasPrefix("nginx"), let port = configuredPort(image.lineage(of: stage), service, tree) { return port }
        if ["nginx", "httpd", "caddy"].contains(where: { base.hasPrefix($0) }) {
            return base.contains("unprivileged") ? nil : 80
        }
        // A development server, or one that is started like it.
        return base.hasPrefix("node") ? NodeDevelopmentScript(service, tree)?.port : nil
    }

    /// Where the configuration listens that the image brings for nginx; `nil` where it brings none, or several numbers.
    private static func configuredPort(
        _ instructions: [DockerfileInstruction], _ service: Service, _ tree: SourceTree
    ) -> UInt16? {
        var ports: Set<UInt16> = []
        for copy in instructions where copy.keyword == "COPY" && copy.flag("from") == nil {
            guard copy.arguments.count == 2, copy.arguments[1].contains("/etc/nginx"),
                let text = tree.text(Layout.join(service.directory, copy.arguments[0].withoutDotSlash))
            else { continue }
            ports.formUnion(NginxFile(parsing: text).servers.flatMap(\.ports))
        }
        return ports.count == 1 ? ports.first : nil
    }

    /// The folder that a person's Dockerfile is built from: where all that it copies is; the usual one where that says
    /// nothing.
    static func context(of dockerfile: String, usual: String, directory: String, in tree: SourceTree) -> String {
        guard tree.contains(dockerfile), let text = tree.text(dockerfile), !text.contains(mark) else { return usual }
        let sources = Dockerfile(parsing: text).instructions.filter { $0.keyword == "COPY" && $0.flag("from") == nil }
            .flatMap { $0.arguments.dropLast() }.map(\.withoutDotSlash)
            .filter { source in !source.isEmpty && source != "." && !source.contains { "*?[$<{".contains($0) } }
        func sees(_ folder: String) -> Bool {
            sources.allSatisfy { source in
                let path = Layout.join(folder, source.hasSuffix("/") ? String(source.dropLast()) : source)
                return tree.contains(path) || tree.hasDirectory(path)
            }
        }
        guard !sources.isEmpty, !sees(usual) else { return usual }
        return [directory, "."].first(where: sees) ?? usual
    }

    /// Every image of ours has this label.
    static let mark = "org.opencontainers.image.title="
}
