// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// How a package that renders pages is started: by its own script where that says more than the framework's default.
struct NodeRendering {
    let start: StartCommand
    let port: UInt16?
    let file: String?
    let line: Int?
    let why: String
    let confidence: Double

    /// What the frameworks' own servers look like in scripts.
    private static let servers = [
        "next start", "nuxt start", "nuxt preview", "nuxi start", "nuxi preview", "node .output/server",
        "node ./.output/server", "remix-serve", "react-router-serve", "node build", "node ./build", "vite preview",
        "astro preview", "node dist/server/entry", "node ./dist/server/entry", "vinxi start", "node .next/standalone",
        "node ./.next/standalone",
    ]

    init?(_ front: NodeFrontEnd, _ project: NodeProject, _ tree: SourceTree) {
        guard
            let script = NodeStart.names.lazy.compactMap({ NodeScript($0, of: project, tree) }).first(where: {
                !$0.isDevelopment && !$0.delegates && !$0.text.isEmpty
            })
        else { return nil }
        file = project.manifest.path
        line = script.line
        why = "\(script.name): \(script.text)"
        let stated = script.port
        let isUsual =
            Self.servers.contains { script.text.contains($0) }
            && !script.text.contains("node build/server") && !script.text.contains("node ./build/server")
        if isUsual {
            guard let usual = front.start else { return nil }
            port = stated?.number
            confidence = Confidence.code
            start = Self.withBundle(usual, script.text, port: stated?.number)
            return
        }
        guard !script.servesFiles, Self.runsProgram(script.text) else { return nil }
        let listening = NodeListening(project, tree)
        port = stated?.number ?? listening.port
        confidence = Confidence.code
        start = StartCommand(
            script.command(project), port: port, portVariable: listening.portVariable ?? "PORT",
            hostVariable: listening.hostVariable)
    }

    private static func runsProgram(_ text: String) -> Bool {
        let words = ServerCommand.split(text)
        return words.contains {
            ["node", "tsx", "ts-node", "bun", "pm2-runtime", "sh", "bash", "payload"].contains($0)
        }
            || words.contains {
                $0.hasSuffix(".sh") || $0.hasSuffix(".js") || $0.hasSuffix(".mjs") || $0.hasSuffix(".ts")
            }
    }

    /// The framework's command with the bundle that the script names: Remix puts it elsewhere since it builds with Vite.
    private static func withBundle(_ usual: StartCommand, _ text: String, port: UInt16?) -> StartCommand {
        var start = usual
        if let port {
            start.port = port
            start.text = start.text.replacingDefault(of: "PORT", with: String(port))
        }
        let words = ServerCommand.split(text)
        if let program = words.firstIndex(where: { $0 == "remix-serve" || $0 == "react-router-serve" }),
            let bundle = words[(program + 1)...].first(where: { !$0.hasPrefix("-") })
        {
            start.text = "npx \(words[program]) \(bundle)"
        }
        return start
    }
}
