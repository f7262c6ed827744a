// SPDX-License-Identifier: Apache-2.0

/// One line or block of an nginx configuration, before it is text.
package indirect enum NginxStatement: Equatable, Sendable {
    case directive(String, [String])
    case block(String, [String], [NginxStatement])
    case comment(String)
    case blank

    /// `name parameter ...;`
    static func set(_ name: String, _ parameters: String...) -> NginxStatement { .directive(name, parameters) }

    /// The text of a file.
    package static func print(_ statements: [NginxStatement]) -> String {
        lines(statements, depth: 0).joined(separator: "\n") + "\n"
    }

    private static func lines(_ statements: [NginxStatement], depth: Int) -> [String] {
        let space = String(repeating: "    ", count: depth)
        return statements.flatMap { statement -> [String] in
            switch statement {
            case .blank: [""]
            case .comment(let text):
                text.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.isEmpty ? "\(space)#" : "\(space)# \($0)" }
            case .directive(let name, let parameters): [space + words(name, parameters) + ";"]
            case .block(let name, let parameters, let inner):
                [space + words(name, parameters) + " {"] + lines(inner, depth: depth + 1) + [space + "}"]
            }
        }
    }

    private static func words(_ name: String, _ parameters: [String]) -> String {
        ([NginxText.quote(name)] + parameters.map(NginxText.quote)).joined(separator: " ")
    }
}
