// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Layout {
    /// The service with its commands as they are typed in the image that Slipway writes for it; as it is where a person
    /// wrote the Dockerfile.
    /// - Parameter isDevelopment: In the stage that runs the source.
    func contained(_ service: Service, isDevelopment: Bool = false) -> Service {
        guard let commands = contained[service.name] else { return service }
        var service = service
        let own = isDevelopment ? commands.development : commands.deployed
        service.start = own.start
        service.release = own.release
        service.seed = own.seed
        return service
    }

    /// The image with its services' commands as they are typed in it.
    func contained(_ image: Image) -> Image {
        Image(
            name: image.name, owner: contained(image.owner), services: image.services.map { contained($0) },
            context: image.context, dockerfile: image.dockerfile)
    }

    /// Commands of the services whose recipes say another way to type them, by name.
    static func containedCommands(_ layout: Layout, in tree: SourceTree?) -> [String: ContainedCommands] {
        guard let tree else { return [:] }
        var found: [String: ContainedCommands] = [:]
        for image in layout.images where !layout.isHandwritten(image) {
            guard let recipe = ImageRecipes.recipe(for: image.owner) else { continue }
            let input = ImageInput(layout: layout, image: image, tree: tree)
            for service in image.services {
                let own = ContainedCommands(service) { recipe.command($0, isDevelopment: $1, input) }
                if own.isChanged(service) { found[service.name] = own }
            }
        }
        return found
    }
}

/// What a service's commands are inside its image.
struct ContainedCommands: Sendable {
    struct Texts: Equatable, Sendable {
        var start: String?
        var release: String?
        var seed: String?
    }

    let deployed: Texts
    let development: Texts

    /// - Parameter change: Gets a command, and whether it runs beside the source.
    init(_ service: Service, _ change: (String, Bool) -> String) {
        func texts(_ isDevelopment: Bool) -> Texts {
            Texts(
                start: service.start.map { change($0, isDevelopment) },
                release: service.release.map { change($0, isDevelopment) },
                seed: service.seed.map { change($0, isDevelopment) })
        }
        deployed = texts(false)
        development = texts(true)
    }

    func isChanged(_ service: Service) -> Bool {
        let own = Texts(start: service.start, release: service.release, seed: service.seed)
        return deployed != own || development != own
    }
}
