// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A makefile: its targets and what they run.
struct MakeFile {
    let path: String
    /// Names that `make NAME` knows.
    let targets: Set<String>
    /// Whether rules come from elsewhere: included files, patterns, names that are worked out.
    let isOpen: Bool
    /// The lines below the targets, as the shell gets them.
    let recipes: [(text: String, line: Int)]

    init(path: String, text: String) {
        self.path = path
        var targets: Set<String> = []
        var recipes: [(text: String, line: Int)] = []
        var isOpen = false
        var continued: (text: String, line: Int)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("\t") || continued != nil {
                let body = (continued?.text ?? "") + Self.shell(line, isFirst: continued == nil)
                let start = continued?.line ?? index + 1
                continued = body.hasSuffix("\\") ? (String(body.dropLast()) + " ", start) : nil
                if continued == nil { recipes.append((body, start)) }
                continue
            }
            let bare = line.trimmed
            if bare.hasPrefix("include ") || bare.hasPrefix("-include ") || bare.hasPrefix("sinclude ")
                || bare.contains("$(eval")
            {
                isOpen = true
            }
            guard let colon = bare.firstIndex(of: ":"), !bare.hasPrefix("#"), bare[colon...].dropFirst().first != "=",
                !bare[..<colon].contains("=")
            else { continue }
            for name in bare[..<colon].split(separator: " ") {
                if name.contains("%") || name.contains("$") { isOpen = true }
                targets.insert(String(name))
            }
            if bare.hasPrefix(".PHONY") {
                targets.formUnion(bare[colon...].dropFirst().split(separator: " ").map(String.init))
            }
        }
        self.targets = targets
        self.recipes = recipes
        self.isOpen = isOpen
    }

    /// Without make's own marks, its variables in the shell's spelling.
    private static func shell(_ line: Substring, isFirst: Bool) -> String {
        var result = ""
        var rest = line.trimmed.drop { isFirst && "@-+ ".contains($0) }
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "(", let close = rest.firstIndex(of: ")"),
                rest[..<close].dropFirst().allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            {
                result += "${" + rest[..<close].dropFirst() + "}"
                rest = rest[close...].dropFirst()
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}

extension CheckedRepository {
    /// Makefiles of the root and of the folders below it.
    var makefiles: [MakeFile] {
        ["Makefile", "makefile", "GNUmakefile"].flatMap { tree.files(named: $0) }.filter {
            !$0.path.contains("node_modules/") && !$0.path.contains("vendor/")
        }.compactMap { entry in tree.text(entry.path).map { MakeFile(path: entry.path, text: $0) } }
    }
}
