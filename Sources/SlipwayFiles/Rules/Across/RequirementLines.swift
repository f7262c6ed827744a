// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Another package than the one that was meant.
    static let indexOnRequirement = Rule(
        "AP158", .warning, "an index stands on a requirement's line",
        why:
            "pip reads --index-url and --extra-index-url on lines of their own; behind a requirement it takes no notice "
            + "of them and installs the package from the usual index.",
        catches: [["requirements.txt": "torch==2.2.0 --index-url https://download.pytorch.org/whl/cpu\n"]],
        passes: [
            ["requirements.txt": "--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.2.0\n"],
            ["requirements.txt": "# torch --index-url https://a\na==1 --hash=sha256:00\n"],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            guard entry.name.hasSuffix(".txt"), entry.path.contains("requirements"),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
                guard let first = words.first, !first.hasPrefix("-"),
                    let option = words.first(where: {
                        $0.hasPrefix("--index-url") || $0.hasPrefix("--extra-index-url") || $0 == "-i"
                    })
                else { return nil }
                let name = option.prefix { $0 != "=" }
                return Violation(
                    file: entry.path, line: index + 1, "\(first) ignores it; write \(name) on a line of its own above")
            }
        }
    }
}
