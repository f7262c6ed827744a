// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A program that migrations are run with and that no image has by itself.
struct InstalledTool: Equatable {
    /// As commands name it.
    let program: String
    /// What installs it.
    let command: String
    /// Debian packages that the installation needs.
    var buildPackages: [String] = []
    /// Debian packages that the program needs.
    var packages: [String] = []
}

extension DockerStage {
    /// - Parameter folder: Where the stage `tools` has them.
    mutating func take(_ tools: [InstalledTool], from folder: String) {
        for tool in tools { copy(["\(folder)/\(tool.program)"], to: "/usr/local/bin/\(tool.program)", from: "tools") }
    }
}

extension ImageInput {
    /// Every command that runs in the image's containers; example data is for development, where the source is.
    var commands: [String] {
        image.services.flatMap { [$0.start, $0.release].compactMap(\.self) }
    }

    /// The databases in SQL that the image's processes ask.
    var databases: [Resource.Kind] {
        let names = Set(image.services.flatMap(\.uses))
        let all: [Resource.Kind] = [.postgres, .mysql, .mariadb, .sqlite]
        return all.filter { kind in layout.app.resources.contains { $0.kind == kind && names.contains($0.name) } }
    }

    /// Folders and files of the service that its commands name, seen from the service.
    var namedPaths: [String] {
        var found: [String] = []
        for word in commands.flatMap(CommandBeginning.words).joined() {
            let path = word.split(separator: "=").last.map(String.init) ?? word
            let place = path.withoutDotSlash
            guard !place.isEmpty, place != ".", !place.hasPrefix("/"), !place.hasPrefix("."), !found.contains(place),
                input(hasPath: place)
            else { continue }
            found.append(place)
        }
        return found
    }

    private func input(hasPath place: String) -> Bool { has(place) || tree.hasDirectory(path(place)) }
}
