// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The paths of annotated classes in Java and Kotlin; a method's counts only below its class's.
enum JavaRoutes {
    /// Annotations of methods alone.
    private static let ofMethods = [
        "@GetMapping", "@PostMapping", "@PutMapping", "@DeleteMapping", "@PatchMapping",
    ]
    /// Annotations of classes and of methods.
    private static let ofBoth = ["@RequestMapping", "@Path", "@Controller"]
    /// A declaration stands this many lines below its first annotation at most.
    private static let reach = 15

    static func paths(in code: CodeBase) -> [(String, CodeLine)] {
        // A client's interface says what others answer.
        code.files.filter { !$0.text.contains("@FeignClient") && !$0.text.contains("@RegisterRestClient") }
            .flatMap { paths(of: CodeLine.lines(of: $0)) }
    }

    private static func paths(of lines: [CodeLine]) -> [(String, CodeLine)] {
        var prefixes = [""]
        var found: [(String, CodeLine)] = []
        for (index, line) in lines.enumerated() where line.text.contains("@") {
            let both = ofBoth.flatMap { line.arguments(of: $0) }
            if !both.isEmpty, isOnClass(lines, index) {
                prefixes = both.map(slashed)
                // What a class without methods of its own answers; those of its methods begin with it.
                found += prefixes.map { ($0, line) }
            } else {
                for path in both { found += prefixes.map { ($0 + slashed(path), line) } }
            }
            for path in ofMethods.flatMap({ line.arguments(of: $0) }) {
                found += prefixes.map { ($0 + slashed(path), line) }
            }
        }
        return found.filter { !$0.0.isEmpty }
    }

    /// `/users` of `users`; nothing of the root.
    private static func slashed(_ path: String) -> String {
        path.isEmpty || path == "/" ? "" : path.hasPrefix("/") ? path : "/" + path
    }

    /// Whether the first declaration from the line on is one of a class.
    private static func isOnClass(_ lines: [CodeLine], _ index: Int) -> Bool {
        for line in lines[index..<min(index + reach, lines.count)] {
            let isAnnotation = line.text.hasPrefix("@")
            // Parameters may be called so.
            let head = isAnnotation ? line.text : line.text.prefix { $0 != "(" }
            let words = head.split(separator: " ")
            if words.contains(where: { ["class", "interface", "object", "record"].contains($0) }) { return true }
            if !isAnnotation, line.text.hasSuffix("{") || line.text.hasSuffix(";") { return false }
        }
        return false
    }
}
