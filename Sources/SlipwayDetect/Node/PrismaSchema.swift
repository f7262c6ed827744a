// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A package's Prisma schema: where it stands and which database it names.
struct PrismaSchema {
    /// A file, or one file of a folder of schema files.
    let path: String
    /// Seen from the package's folder, as the tool takes it.
    let argument: String
    /// Whether the tool finds it without being told.
    let isFoundByTool: Bool
    let provider: (name: String, line: Int)?
    let variable: (name: String, line: Int)?

    init?(_ project: NodeProject, _ tree: SourceTree) {
        let named = project.manifest.root.at("prisma", "schema")?.string
        let configuration = ["prisma.config", ".config/prisma"].lazy.compactMap { project.configuration($0, tree) }
            .first
            .flatMap { ScriptSettings($0, in: tree) }
        let given = named ?? configuration?.string("schema")
        let usual = ["prisma/schema.prisma", "schema.prisma", "prisma/schema/schema.prisma"]
        let files = project.files.filter { $0.hasSuffix(".prisma") }
        let stated = given.flatMap { PathText.normalized($0) }
        let path =
            stated.map { project.path($0) }.flatMap { folder in
                tree.contains(folder) ? folder : files.first { $0.relative(to: folder) != nil }
            } ?? usual.map { project.path($0) }.first(where: tree.contains) ?? files.first { tree.contains($0) }
        guard let path, let inside = path.relative(to: project.directory) else { return nil }
        self.path = path
        argument = inside
        isFoundByTool = given != nil || usual.prefix(2).contains(inside)
        var provider: (String, Int)?
        var variable: (String, Int)?
        let siblings = files.filter { $0.parentDirectory == path.parentDirectory }
        for file in [path] + siblings where provider == nil {
            var isSource = false
            for (index, line) in (tree.text(file) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                let text = line.drop { $0 == " " || $0 == "\t" }
                if text.hasPrefix("datasource") { isSource = true }
                if text.hasPrefix("}") { isSource = false }
                guard isSource, let quote = text.firstIndex(of: "\"") else { continue }
                let value = String(text[text.index(after: quote)...].prefix { $0 != "\"" })
                if text.hasPrefix("provider") { provider = (value, index + 1) }
                if text.hasPrefix("url"), text.has("env(") { variable = (value, index + 1) }
            }
        }
        self.provider = provider
        self.variable = variable
    }

    /// The first migration beside the schema, or one folder up where the schema is a folder of files.
    func migration(_ tree: SourceTree) -> String? {
        let folder = path.parentDirectory
        return [folder, folder.parentDirectory].lazy.compactMap { place in
            tree.files(under: place.appending(path: "migrations")).first { $0.path.hasSuffix("/migration.sql") }?.path
        }.first
    }

    var kind: Resource.Kind? {
        switch provider?.name {
        case "postgresql", "postgres", "cockroachdb": .postgres
        case "mysql": .mysql
        case "sqlite": .sqlite
        case "mongodb": .mongodb
        default: nil
        }
    }
}
