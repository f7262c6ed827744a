// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// What is installed in one image, from the databases that its layers carry.
struct SoftwareList: Equatable, Sendable {
    struct Item: Equatable, Sendable {
        let package: InstalledPackage
        /// Its package URL, which is unique here.
        let address: String
        /// The file that says so.
        let path: String
        /// Whether it came with the base image.
        let isBase: Bool
    }

    /// With its tag.
    let image: String
    /// `sha256:...` of its configuration.
    let identifier: String
    let system: SystemRelease
    /// Sorted by their addresses.
    let items: [Item]

    /// - Parameter added: Software that leaves no trace in an image, like the packages of a Swift program.
    init(image: String, identifier: String, contents: ImageContents, added: [InstalledPackage] = []) {
        self.image = image
        self.identifier = identifier
        var present: [String: (packages: [InstalledPackage], layer: Int)] = [:]
        var system = SystemRelease()
        for (index, layer) in contents.layers.enumerated() {
            for folder in layer.opaque { present = present.filter { !$0.key.hasPrefix(folder + "/") } }
            for gone in layer.files where gone.isWhiteout {
                present = present.filter { $0.key != gone.path && !$0.key.hasPrefix(gone.path + "/") }
            }
            for (path, packages) in layer.packages { present[path] = (packages, index) }
            if let release = layer.release { system = release }
        }
        self.system = system
        var items: [String: Item] = [:]
        // A package of the base stays the base's when our layers write the database again.
        let base = Set(contents.layers.prefix(contents.baseCount).flatMap { $0.packages.values.flatMap { $0 } })
        for (path, found) in present.sorted(by: { $0.key < $1.key }) {
            for package in found.packages {
                let address = package.address(on: system)
                guard items[address] == nil else { continue }
                items[address] = Item(
                    package: package, address: address, path: "/\(path)",
                    isBase: found.layer < contents.baseCount || base.contains(package))
            }
        }
        for package in added {
            let address = package.address(on: system)
            items[address] = Item(package: package, address: address, path: "Package.resolved", isBase: false)
        }
        self.items = items.values.sorted { $0.address < $1.address }
    }
}
