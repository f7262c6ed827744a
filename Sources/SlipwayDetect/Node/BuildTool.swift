// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Programs of the system that the scripts of an installation or a build run, and that Node's small images lack.
enum BuildTool {
    typealias Found = (package: String, program: String, script: String, line: Int)

    /// The program with its packages in Debian; without the certificates nothing is fetched over HTTPS.
    private static let packages = [
        "curl": ["ca-certificates", "curl"], "wget": ["ca-certificates", "wget"], "git": ["ca-certificates", "git"],
        "python3": ["python3"], "python": ["python3"], "make": ["make"], "unzip": ["unzip"], "zip": ["zip"],
        "jq": ["jq"], "rsync": ["rsync"], "node-gyp": ["g++", "make", "python3"],
    ]
    /// What runs when a package is installed and built.
    private static let first = ["preinstall", "install", "postinstall", "prebuild", "build", "postbuild"]

    static func needed(by project: NodeProject) -> [Found] {
        var waiting = first
        var seen = Set(waiting)
        var found: [Found] = []
        while let name = waiting.popLast() {
            guard let script = project.manifest.script(name) else { continue }
            // What fails before `||` may fail: `git rev-parse HEAD || echo dev`.
            for command in script.text.split(whereSeparator: { "&;".contains($0) }) where !command.contains("||") {
                let words = command.split(separator: " ").map(String.init)
                guard let program = words.first(where: { !$0.contains("=") }) else { continue }
                for package in packages[program] ?? [] where !found.contains(where: { $0.package == package }) {
                    found.append((package, program, name, script.line))
                }
                guard ["npm", "yarn", "pnpm", "bun"].contains(program) else { continue }
                for word in words.dropFirst() where project.manifest.script(word) != nil && seen.insert(word).inserted {
                    waiting += ["post" + word, word, "pre" + word]
                }
            }
        }
        return found
    }
}
