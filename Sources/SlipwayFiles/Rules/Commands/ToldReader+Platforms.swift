// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What files for platforms have run in a checkout of the repository, without a container of its own.
extension ToldReader {
    func platforms() -> [ToldCommand] { procfiles() + render() + railway() + sites() + nixpacks() }

    private func procfiles() -> [ToldCommand] {
        repository.procfiles.flatMap { file in
            file.document.processes.enumerated().flatMap { number, process in
                commands(
                    of: process.command, .platform, file: file.location, first: process.line, from: file.folder,
                    block: number)
            }
        }
    }

    /// Each command of a service begins in its folder.
    private func render() -> [ToldCommand] {
        repository.renderBlueprints.flatMap { file in
            file.document.services.enumerated().flatMap { number, service -> [ToldCommand] in
                guard !["docker", "image"].contains(service.runtime ?? "") else { return [] }
                let texts = [service.buildCommand, service.releaseCommand, service.startCommand]
                return told(texts, by: file, from: service.rootDirectory?.text ?? file.folder, block: number)
            }
        }
    }

    private func railway() -> [ToldCommand] {
        repository.railwayConfigs.flatMap { file -> [ToldCommand] in
            // A Dockerfile is taken when there is one, and then the commands run in its image.
            guard file.document.builder != "DOCKERFILE", file.document.dockerfile == nil,
                !tree.contains(GoPath.clean(file.folder + "/Dockerfile"))
            else { return [] }
            let document = file.document
            return told(
                [document.buildCommand, document.releaseCommand, document.startCommand], by: file, from: file.folder,
                block: 0)
        }
    }

    /// Vercel and Netlify.
    private func sites() -> [ToldCommand] {
        let vercel = tree.files(named: "vercel.json").flatMap { entry -> [ToldCommand] in
            guard let root = tree.text(entry.path).flatMap({ JSONDocument(parsing: $0).root }) else { return [] }
            let texts = [root["installCommand"], root["buildCommand"]].map(PlacedText.init)
            return told(texts, in: entry.path, from: entry.directory)
        }
        let netlify = tree.files(named: "netlify.toml").flatMap { entry -> [ToldCommand] in
            guard let build = tree.text(entry.path).flatMap({ TOMLDocument(parsing: $0).root })?["build"] else {
                return []
            }
            // Relative to the repository, wherever the file stands.
            let base = build["base"]?.text.map { String($0.drop { $0 == "/" }) }
            return told(
                [PlacedText(build["command"])], in: entry.path, from: base.map(GoPath.clean) ?? entry.directory)
        }
        return vercel + netlify
    }

    private func nixpacks() -> [ToldCommand] {
        tree.files(named: "nixpacks.toml").flatMap { entry -> [ToldCommand] in
            guard let root = tree.text(entry.path).flatMap({ TOMLDocument(parsing: $0).root }) else { return [] }
            let phases = ["setup", "install", "build"].flatMap { root.at("phases", $0, "cmds")?.sequence ?? [] }
            return told(
                phases.map(PlacedText.init) + [PlacedText(root.at("start", "cmd"))], in: entry.path,
                from: entry.directory)
        }
    }

    private func told<Document>(
        _ texts: [PlacedText?], by file: CheckedFile<Document>, from folder: String, block: Int
    ) -> [ToldCommand] {
        told(texts, in: file.location, from: folder, block: block)
    }

    private func told(_ texts: [PlacedText?], in path: String, from folder: String, block: Int = 0) -> [ToldCommand] {
        texts.compactMap(\.self).flatMap { text in
            commands(
                of: text.text, .platform, file: path, first: text.line, from: GoPath.clean(folder), block: block)
        }
    }
}
