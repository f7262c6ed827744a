// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A folder of a back end that the nginx before it serves, as both containers see it.
struct DoorFolder: Equatable, Sendable {
    let service: Service
    let folder: PublicFolder
    /// Whether people put files there while the process runs; otherwise each release brings them.
    let isWritten: Bool
    let volume: String
    /// Where nginx looks for the whole path of a request.
    let root: String
    /// Where the volume lies in nginx's container.
    let place: String
}

extension Layout {
    /// Where the containers of a service and of nginx share what a release brings.
    private static func publicRoot(_ service: Service) -> String { "/srv/\(service.name)/public" }

    /// What the nginx before the back ends serves for them, where a volume can lead from one container to the other. An
    /// image that somebody wrote by hand fills its folders in its own way, or does not.
    var sharedWithDoor: [DoorFolder] {
        guard let front else { return [] }
        return ([front] + upstreams(behind: front).map(\.service)).flatMap { service -> [DoorFolder] in
            guard !service.role.isServedFromFiles, let image = image(of: service), !isHandwritten(image) else {
                return []
            }
            return (service.publicFolders ?? []).compactMap { shared($0, service, image) }
        }
    }

    private func shared(_ folder: PublicFolder, _ service: Service, _ image: Image) -> DoorFolder? {
        guard service.writes(folder) else {
            let root = Self.publicRoot(service)
            return DoorFolder(
                service: service, folder: folder, isWritten: false, volume: "\(service.name)-public", root: root,
                place: root)
        }
        let path = path(ofWritable: folder.directory, of: service)
        guard let volume = volumes(of: image).first(where: { $0.path == path }) else { return nil }
        let root = "/srv/\(service.name)/written"
        return DoorFolder(
            service: service, folder: folder, isWritten: true, volume: volume.name, root: root,
            place: root + folder.path)
    }

    /// Folders of an image in which its release hands over what others serve.
    func handedOver(by image: Image) -> [String] {
        let owners = doorFolders.filter { shared in
            !shared.isWritten && image.services.contains { $0.name == shared.service.name }
        }
        return Set(owners.map(\.root)).sorted()
    }

    /// Puts what the build left into the volume that nginx reads; what older releases left stays for pages that were
    /// opened before. `nil` where there is nothing.
    func handingOver(by service: Service) -> [String]? {
        let folders = doorFolders.filter { $0.service.name == service.name && !$0.isWritten }
        guard !folders.isEmpty else { return nil }
        let steps = folders.flatMap { shared -> [String] in
            let target = ShellWord.quote(shared.root + shared.folder.path)
            let source = ShellWord.quote(path(ofWritable: shared.folder.directory, of: service) + "/.")
            return ["mkdir -p \(target)", "cp -R --remove-destination \(source) \(target)"]
        }
        return ["sh", "-c", steps.joined(separator: " && ")]
    }
}
