// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

extension Layout {
    /// Whether the image's Dockerfile is a person's own, which says itself what it needs.
    func isHandwritten(_ image: Image) -> Bool { handwritten(image) != nil }

    func handwritten(_ image: Image) -> HandwrittenImage? { handwritten[image.dockerfile] }

    /// What the image's build takes from outside: variables that its Dockerfile declares, each once.
    package func buildArguments(of image: Image) -> [Variable] {
        let taken = handwritten(image)?.arguments ?? declared[image.dockerfile] ?? []
        var seen: Set<String> = []
        return image.services.flatMap(buildVariables).filter {
            taken.contains($0.name) && seen.insert($0.name).inserted
        }
    }

    /// Where the service's code lies in its image.
    func codeFolder(of image: Image) -> String {
        if let theirs = handwritten(image)?.workingDirectory { return theirs }
        guard image.context != image.owner.directory, image.owner.directory != "." else { return Self.workingDirectory }
        let inner = image.owner.directory.dropFirst(image.context == "." ? 0 : image.context.utf8.count + 1)
        return "\(Self.workingDirectory)/\(inner)"
    }

    /// A folder that the service writes to, as its processes see it.
    func path(ofWritable directory: String, of service: Service) -> String {
        if directory.hasPrefix("/") { return directory }
        let folder = image(of: service).map(codeFolder) ?? Self.workingDirectory
        return directory == "." ? folder : "\(folder)/\(directory)"
    }

    /// Whether the service writes nowhere but to its volumes and to /tmp, as far as its language tells.
    func canBeReadOnly(_ service: Service) -> Bool {
        guard let image = image(of: service), !isHandwritten(image) else { return false }
        if service.role.isServedFromFiles { return true }
        switch service.language {
        case "python", "go", "rust", "swift", "java", "kotlin", "csharp": return true
        case "javascript", "typescript": return service.framework != "nextjs"
        default: return false
        }
    }

    /// Whether Docker can say that the service works, so that others may wait for it.
    func isHealthChecked(_ service: Service) -> Bool {
        image(of: service).flatMap(handwritten)?.isHealthChecked ?? true
    }
}
