// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Deno projects: a `deno.json` whose tasks or entry file start a server.
struct DenoDetector: Detector {
    let name = "deno"
    let account = DetectorAccount(
        recognises:
            "Deno programs that listen: Fresh, Hono, Oak, Deno.serve.",
        reads: ["tasks and imports of deno.json", "calls that listen"],
        confidence: "90 % from code, 95 % for a task")

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let manifests = tree.files(named: "deno.json") + tree.files(named: "deno.jsonc")
        return manifests.flatMap { entry -> [Evidence] in
            // A package.json beside it makes it a Node project that Deno formats; a Supabase folder is not a server.
            guard let text = tree.text(entry.path), !tree.contains(entry.directory.appending(path: "package.json")),
                !entry.path.contains("supabase/"), let root = JSONDocument(parsing: text, dialect: .tolerant).root
            else { return [] }
            return evidence(entry, root, tree)
        }
    }

    private func evidence(_ entry: SourceTree.Entry, _ root: DataNode, _ tree: SourceTree) -> [Evidence] {
        let code = CodeBase(tree, directory: entry.directory, extensions: ["ts", "tsx", "js"])
        let serving = code.first { line in
            ["Deno.serve(", "serve(", ".listen(", "export default app", "start(manifest"].contains { line.text.has($0) }
                ? line : nil
        }
        guard let serving else { return [] }
        var web = Testimony(Subject(entry.directory, Subject.web))
        web.say(.role(.backend), at: serving, "opens a port")
        web.say(.language("typescript"), file: entry.path, "Deno project")
        let imports = root["imports"]?.mapping?.keys.joined(separator: " ") ?? ""
        let framework =
            imports.contains("fresh")
            ? "fresh" : imports.contains("hono") ? "hono" : imports.contains("oak") ? "oak" : "deno"
        web.say(.framework(framework), file: entry.path, "imports", Confidence.dependency)
        web.say(.packageManager("deno"), file: entry.path, "Deno project")
        let tasks = root["tasks"]
        if let build = tasks?["build"] {
            web.say(.build("deno task build"), file: entry.path, line: build.line, "task")
        }
        let running = ["start:prod", "prod", "production", "start", "serve", "preview", "run"].first { name in
            guard let text = tasks?[name]?.string else { return false }
            return !text.contains("--watch") && !text.contains("vite") && !text.contains("dev.ts")
        }
        let main = ["main.ts", "server.ts", "mod.ts", "index.ts", "src/main.ts", "main.tsx"].first {
            tree.contains(entry.directory.appending(path: $0))
        }
        if let running {
            web.say(
                .start(StartCommand("deno task \(running)")), file: entry.path, line: tasks?[running]?.line, "task",
                Confidence.stated)
        } else if framework == "fresh", let main {
            web.say(.start(StartCommand("deno run -A \(main)")), file: entry.path, "Fresh's entry file")
        } else {
            let file = serving.file.relative(to: entry.directory) ?? serving.file
            web.say(
                .start(StartCommand("deno run --allow-net --allow-env --allow-read \(file)")), at: serving, "entry file"
            )
        }
        let port = code.first { line -> (UInt16, CodeLine)? in
            let lower = line.text.has("ort") || line.text.has("ORT") ? line.text.lowercased() : ""
            guard lower.contains("port"), !lower.hasPrefix("import"), !InfrastructurePort.isNamed(in: lower) else {
                return nil
            }
            return line.text.split { !$0.isNumber }.compactMap { UInt16($0) }.first {
                $0 >= 1000 && !InfrastructurePort.isUsual($0)
            }.map { ($0, line) }
        }
        if let port {
            web.say(.port(port.0), at: port.1, "port in the code")
        } else {
            web.say(.port(8000), at: serving, "Deno.serve's default", Confidence.dependency)
        }
        if let line = code.first({ $0.arguments(of: "Deno.env.get").contains("PORT") ? $0 : nil }) {
            web.say(.portVariable("PORT"), at: line, "reads PORT")
        }
        let routes = code.collect { line in
            [".get", ".post", ".put", ".patch", ".delete", ".use", ".route", ".all"].flatMap { line.arguments(of: $0) }
                .filter { $0.hasPrefix("/") && $0 != "/" && $0 != "/*" }.map { ($0, line) }
        }
        web.say(paths: routes)
        return web.evidence
    }
}
