// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A railway.json for each process (docs.railway.com/reference/config-as-code); the service's root directory on Railway
/// is the image's folder.
package struct RailwayEmitter: Emitter {
    package let name = "railway"
    package let target = FileTarget.railway

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        return layout.images.map { layout.contained($0) }.flatMap { image in
            image.services.compactMap { service -> GeneratedFile? in
                let isOwner = service.name == image.owner.name
                // Railway reads one file for a service, and the hand-written one counts.
                if isOwner, input.tree.contains(Layout.join(service.directory, "railway.toml")) { return nil }
                let path =
                    isOwner
                    ? layout.file("railway", "json", for: service)
                    : Layout.join(image.context, "railway.\(service.name).json")
                return GeneratedFile(path: path, contents: JSONText.print(map(service, image: image, layout: layout)))
            }
        }
    }

    private func map(_ service: Service, image: Layout.Image, layout: Layout) -> FileMap {
        let dockerfile = image.dockerfile.split(separator: "/").last.map(String.init) ?? "Dockerfile"
        var deploy = FileMap()
        let isOwner = service.name == image.owner.name
        if !isOwner, let start = service.start { deploy.set("startCommand", .string(Self.shell(start))) }
        if isOwner, let both = layout.startAfterMigration(of: image) {
            deploy.set("startCommand", .string(both.map(ShellWord.quote).joined(separator: " ")))
        } else if isOwner, let release = image.services.compactMap(\.release).first {
            deploy.set("preDeployCommand", .list([.string(release)]))
        }
        if let path = layout.healthPath(of: service) {
            deploy.set("healthcheckPath", .string(path))
            deploy.set("healthcheckTimeout", 120)
        }
        deploy.set("restartPolicyType", "ON_FAILURE")
        deploy.set("restartPolicyMaxRetries", 10)
        deploy.set("numReplicas", 1)
        // The old release answers until the new one does, then has as long as on every other target.
        let mayOverlap = service.singleInstance == nil && layout.keptFolders(of: service).isEmpty
        deploy.set("overlapSeconds", mayOverlap ? 20 : 0)
        deploy.set("drainingSeconds", 30)
        return [
            "$schema": "https://railway.com/railway.schema.json",
            "build": [
                "builder": "DOCKERFILE", "dockerfilePath": .string(dockerfile),
                "watchPatterns": .list([.string(image.context == "." ? "/**" : "/\(image.context)/**")]),
            ],
            "deploy": .map(deploy),
        ]
    }

    /// A start command replaces the image's in exec form, where no variable is expanded.
    private static func shell(_ command: String) -> String {
        ShellWord.split(command) == nil ? "/bin/sh -c \(ShellWord.quote(command))" : command
    }
}
