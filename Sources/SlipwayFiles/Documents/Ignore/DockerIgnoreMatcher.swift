// SPDX-License-Identifier: Apache-2.0

/// Asks a .dockerignore about many paths; what it learned of a folder serves all files in it.
struct DockerIgnoreMatcher {
    private let rules: [DockerIgnore.Rule]
    /// For each folder, whether each rule matches it or a folder above it.
    private var folders: [Substring: [Bool]] = [:]

    init(_ file: DockerIgnore) { rules = file.rules }

    /// The last rule that changed the verdict: a rule counts only when it would turn what the ones before it said.
    mutating func decidingRule(for path: String) -> DockerIgnore.Rule? {
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { matches(ofFolder: path[..<$0]) }
        var deciding: DockerIgnore.Rule?
        var isExcluded = false
        for (index, rule) in rules.enumerated() where rule.isException == isExcluded {
            guard above?[index] == true || rule.glob.matches(path) else { continue }
            isExcluded = !rule.isException
            deciding = rule
        }
        return deciding
    }

    private mutating func matches(ofFolder folder: Substring) -> [Bool] {
        if let known = folders[folder] { return known }
        // From the top down, in a loop: a path of 100,000 folders must not use the stack.
        var result = [Bool](repeating: false, count: rules.count)
        var start = folder.startIndex
        while start <= folder.endIndex {
            let end = folder[start...].utf8.firstIndex(of: UInt8(ascii: "/")) ?? folder.endIndex
            let part = folder[..<end]
            if let known = folders[part] {
                result = known
            } else {
                let name = String(part)
                for (index, rule) in rules.enumerated() where !result[index] { result[index] = rule.glob.matches(name) }
                folders[part] = result
            }
            guard end < folder.endIndex else { break }
            start = folder.utf8.index(after: end)
        }
        return result
    }
}
