// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The command that builds a package, with those packages of its workspace that it needs built.
enum NodeBuild {
    typealias Found = (command: String, line: Int, why: String)

    static func find(_ names: [String], _ application: NodeApplication, _ tree: SourceTree) -> Found? {
        if let nx = application.project.nx { return nx.build }
        let own = own(names, application)
        let missing = PrismaClient.missing(in: application, tree)
        guard !missing.isEmpty else { return own }
        return (
            (missing + [own?.command].compactMap(\.self)).joined(separator: " && "), own?.line ?? 1,
            own?.why ?? "the client of Prisma is made from its schema"
        )
    }

    private static func own(_ names: [String], _ application: NodeApplication) -> Found? {
        let project = application.project
        guard let name = names.first(where: { project.manifest.script($0) != nil }),
            let script = project.manifest.script(name)
        else { return nil }
        let built = application.libraries.filter { $0.manifest.script("build") != nil }
        guard !built.isEmpty, name == "build", let package = project.manifest.name else {
            return (project.run(name), script.line, script.text)
        }
        let why = "\(script.text); uses \(built.compactMap(\.manifest.name).joined(separator: ", "))"
        if project.runsTurbo { return ("npx turbo run build --filter=\(package)", script.line, why) }
        switch project.manager.name {
        case "pnpm": return ("pnpm --filter \(package)... run build", script.line, why)
        default:
            // The libraries in path order: neither npm nor Yarn 1 knows which needs which.
            let places = built.map { PathText.way(from: project.directory, to: $0.directory) }
            let first = places.map { "(cd \($0) && \(project.run("build")))" }
            return ((first + [project.run("build")]).joined(separator: " && "), script.line, why)
        }
    }
}
