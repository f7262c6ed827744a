// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The client that Prisma makes from the schema of a package: without it, what imports the package neither compiles nor
/// starts (prisma.io/docs/orm/prisma-client/setup-and-configuration/generating-prisma-client).
enum PrismaClient {
    /// Commands that make the clients of the packages that an application uses, where nothing else makes them.
    static func missing(in application: NodeApplication, _ tree: SourceTree) -> [String] {
        let project = application.project
        let root = tree.text(project.workspaceRoot.appending(path: "package.json")).flatMap { JSONText.root(of: $0) }
        let makers = [project.manifest.root, root].compactMap(\.self)
        guard !makers.contains(where: { isMade(by: $0) }), !isMadeByTurbo(project, tree) else { return [] }
        return own(project, tree)
            + application.libraries.compactMap { library in
                guard let schema = PrismaSchema(library, tree), !isMade(by: library.manifest.root),
                    library.manifest.dependency("@prisma/client") != nil || library.manifest.dependency("prisma") != nil
                else { return nil }
                let way = PathText.way(from: project.directory, to: library.directory)
                let told = schema.isFoundByTool ? "" : " --schema \(ShellWord.quote(schema.argument))"
                return "(cd \(ShellWord.quote(way)) && npx prisma generate\(told))"
            }
    }

    /// Up to the sixth version, installing the package of the client makes it from a schema in the usual place
    /// (prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-7).
    private static func own(_ project: NodeProject, _ tree: SourceTree) -> [String] {
        guard let version = project.manifest.dependency("prisma")?.string?.drop(while: { !$0.isNumber }),
            let major = Int(version.prefix { $0.isNumber }), major >= 7, let schema = PrismaSchema(project, tree)
        else { return [] }
        return ["npx prisma generate\(schema.isFoundByTool ? "" : " --schema \(ShellWord.quote(schema.argument))")"]
    }

    /// Whether installing or building the package makes it.
    private static func isMade(by manifest: DataNode) -> Bool {
        ["preinstall", "install", "postinstall", "prepare", "prebuild", "build"].contains { name in
            manifest.at("scripts", name)?.string?.contains("generate") == true
        }
    }

    /// `"build": { "dependsOn": ["^db:generate"] }`
    private static func isMadeByTurbo(_ project: NodeProject, _ tree: SourceTree) -> Bool {
        guard
            let root = tree.text(project.workspaceRoot.appending(path: "turbo.json")).flatMap({ JSONText.root(of: $0) })
        else { return false }
        let tasks = root["tasks"] ?? root["pipeline"]
        return tasks?.at("build", "dependsOn")?.sequence?.contains { $0.string?.contains("generate") == true } == true
    }
}
