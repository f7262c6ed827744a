// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The command that makes a database's tables from a schema without migrations: it compares and changes, and stops where
/// data would be lost.
enum SchemaPush {
    static func find(in project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard !startPushes(project),
            !tree.files(under: "supabase/migrations").contains(where: { $0.name.hasSuffix(".sql") })
        else { return nil }
        return prisma(project, tree) ?? drizzle(project, tree)
    }

    /// Whether the number before the second dot says that drizzle-kit knows neither `migrate` nor `push`.
    static func isOldDrizzle(_ project: NodeProject) -> Bool {
        let numbers = version(of: "drizzle-kit", project)
        return numbers.count > 1 && numbers[0] == 0 && numbers[1] < 21
    }

    private static func prisma(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.depends(onAny: ["prisma", "@prisma/client"]) != nil,
            let schema = PrismaSchema(project, tree), let kind = schema.kind, [.postgres, .mysql].contains(kind),
            hasModels(schema, project, tree)
        else { return nil }
        let told = schema.isFoundByTool ? "" : " --schema \(schema.argument)"
        // Before the seventh version it makes the client again, which the image has and cannot write.
        let major = (version(of: "prisma", project) + version(of: "@prisma/client", project)).first ?? 7
        return made(
            "npx prisma db push\(told)\(major < 7 ? " --skip-generate" : "")", schema.path,
            "a Prisma schema without migrations", "npx prisma migrate dev --name init")
    }

    private static func drizzle(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("drizzle-kit") != nil, !isOldDrizzle(project),
            let path = project.configuration("drizzle.config", tree),
            let settings = ScriptSettings(path, in: tree), settings.string("schema") != nil
        else { return nil }
        let output = settings.string("out").flatMap { PathText.normalized($0) } ?? "drizzle"
        guard !tree.files(under: project.path(output)).contains(where: { $0.path.hasSuffix(".sql") }) else {
            return nil
        }
        return made(
            "npx drizzle-kit push", path, "a Drizzle schema without migrations", "npx drizzle-kit generate")
    }

    private static func made(_ command: String, _ file: String, _ why: String, _ typed: String) -> NodeMigrations {
        NodeMigrations(
            command: command, file: file, line: nil, why: why, confidence: Confidence.convention,
            remark: Diagnostic(
                "DT013", .info, file: file,
                "there are no migrations: each release changes the tables to fit the schema, and stops where data would "
                    + "be lost; to decide yourself how they change, type: \(typed), and commit the folder"))
    }

    private static func hasModels(_ schema: PrismaSchema, _ project: NodeProject, _ tree: SourceTree) -> Bool {
        let folder = schema.path.parentDirectory
        return project.files.contains { path in
            path.hasSuffix(".prisma") && (path.parentDirectory == folder || path.relative(to: folder) != nil)
                && (tree.text(path)?.contains("model ") ?? false)
        }
    }

    /// The program brings its tables itself, each time that it starts.
    private static func startPushes(_ project: NodeProject) -> Bool {
        ["prestart", "start", "start:prod", "postinstall", "build", "vercel-build"].contains { name in
            let text = project.manifest.script(name)?.text ?? ""
            return text.contains("db push") || text.contains("db:push") || text.contains("drizzle-kit push")
        }
    }

    private static func version(of package: String, _ project: NodeProject) -> [Int] {
        let text = project.manifest.dependency(package)?.string ?? ""
        return text.drop { !$0.isNumber }.split(separator: ".").compactMap { Int($0.prefix { $0.isNumber }) }
    }
}
