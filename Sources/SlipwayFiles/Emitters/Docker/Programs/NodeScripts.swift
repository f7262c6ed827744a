// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Scripts of package.json as the commands that they stand for: what runs has no manager but npm, and a manager between
/// the platform and the program passes no signal on.
struct NodeScripts {
    private static let managers: Set<String> = ["npm", "pnpm", "yarn", "bun"]
    /// What npm runs without the word `run`.
    private static let short: Set<String> = ["start", "stop", "restart", "test"]
    /// A script may call another, but not without end.
    private static let deepest = 5

    let packages: NodePackages

    func plain(_ text: String) -> String { plain(text, depth: 0) }

    private func plain(_ text: String, depth: Int) -> String {
        CommandBeginning.changing(text) { words in
            guard depth < Self.deepest, let (name, count) = call(words), let script = packages.script(name),
                // A manager tells its scripts more than any other does, and may have something to do afterwards.
                !script.contains("npm_"), packages.script("post" + name) == nil, !needsManager(script)
            else { return nil }
            let all = [packages.script("pre" + name), script].compactMap(\.self).map { plain($0, depth: depth + 1) }
            return (count, all.joined(separator: " && "))
        }
    }

    /// The script that a command runs, and how many words name it.
    private func call(_ words: [String]) -> (name: String, count: Int)? {
        guard words.count > 1, Self.managers.contains(words[0]) else { return nil }
        let isRun = words[1] == "run" || words[1] == "run-script"
        guard words.count > (isRun ? 2 : 1) else { return nil }
        let name = words[isRun ? 2 : 1]
        guard isRun || Self.short.contains(name) || words[0] == "pnpm" || words[0] == "yarn" else { return nil }
        let count = isRun ? 3 : 2
        return (name, words.count > count && words[count] == "--" ? count + 1 : count)
    }

    /// Whether the script asks the manager for more than another script of the same package.
    private func needsManager(_ script: String) -> Bool {
        CommandBeginning.words(of: script).contains { words in
            Self.managers.contains(words[0]) && call(words).flatMap { packages.script($0.name) } == nil
        }
    }
}
