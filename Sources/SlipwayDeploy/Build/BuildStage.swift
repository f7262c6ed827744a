// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// One cached part of a service's build: its dependencies, or what is compiled from its source.
package struct BuildStage: Equatable, Sendable {
    package enum Kind: String, Equatable, Sendable { case install, build }

    /// Copies what the commands left, so that it stays as it is while a later build runs.
    package struct Collection: Equatable, Sendable {
        /// Absolute path of the folder to copy.
        package var source: String
        /// Relative to ``BuildStage/folder``.
        package var destination: String
    }

    package var service: String
    package var kind: Kind
    /// Changes whenever the result may change: 16 hexadecimal digits.
    package var key: String
    /// In order; the first that fails ends the stage.
    package var commands: [Command]
    /// Absolute paths that must be there for a finished stage to be used again.
    package var products: [String]
    /// Whether the commands write into the service's own folder, where only one result can stand at a time.
    package var isInPlace: Bool
    package var collection: Collection?
    /// Files that are copied as they are, relative to the collection's source, for services without a build.
    package var copies: [String]

    package init(
        _ service: String, _ kind: Kind, key: String, commands: [Command] = [], products: [String] = [],
        isInPlace: Bool = false, collection: Collection? = nil, copies: [String] = []
    ) {
        self.service = service
        self.kind = kind
        self.key = key
        self.commands = commands
        self.products = products
        self.isInPlace = isInPlace
        self.collection = collection
        self.copies = copies
    }

    /// `install server`, as people read it.
    package var title: String { "\(kind.rawValue) \(service)" }
    /// Relative to the builds folder.
    package var folder: String { Self.folder(service, kind, key: key) }

    package static func folder(_ service: String, _ kind: Kind, key: String) -> String {
        "\(service)/\(kind.rawValue)-\(key)"
    }
}
