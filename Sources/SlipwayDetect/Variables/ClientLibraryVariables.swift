// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Keys that clients of remote services take from the environment when the code that makes them gives none, and without
/// which they cannot be made.
enum ClientLibraryVariables {
    private struct Row {
        /// As a manifest names it.
        let package: String
        /// Makes a client with no argument at all.
        let calls: [String]
        let name: String
    }

    /// From the libraries' own manuals and sources: github.com/openai/openai-python and openai-node, anthropics'
    /// SDKs, groq-python, resend-node. Each throws in its constructor when there is no key.
    private static let rows = [
        Row(
            package: "openai", calls: ["OpenAI()", "new OpenAI({})"],
            name: "OPENAI_API_KEY"),
        Row(package: "anthropic", calls: ["Anthropic()", "new Anthropic({})"], name: "ANTHROPIC_API_KEY"),
        Row(package: "groq", calls: ["Groq()"], name: "GROQ_API_KEY"),
        Row(package: "resend", calls: ["new Resend()"], name: "RESEND_API_KEY"),
        Row(package: "langchain-openai", calls: ["ChatOpenAI()", "OpenAIEmbeddings()"], name: "OPENAI_API_KEY"),
    ]
    private static let manifests: Set<String> = ["requirements.txt", "pyproject.toml", "package.json", "Pipfile"]
    private static let endings = ["py", "js", "ts", "mjs", "tsx"]

    static func reads(_ tree: SourceTree) -> [VariableRead] {
        let asked = manifests.sorted().flatMap { tree.files(named: $0) }.compactMap { tree.text($0.path) }
        let wanted = rows.filter { row in asked.contains { $0.contains(row.package) } }
        guard !wanted.isEmpty else { return [] }
        return endings.flatMap { tree.files(ending: $0) }.flatMap { entry -> [VariableRead] in
            guard SourceFilter.isApplication(entry.path), let bytes = tree.bytes(entry.path), bytes.count < 400_000,
                !SlipwayCore.ByteSearch.contains("dangerouslyAllowBrowser".utf8, in: bytes)
            else { return [] }
            var file = FileReads(Code(path: entry.path, language: .yaml, bytes: []))
            for row in wanted {
                for call in row.calls {
                    guard let offset = SlipwayCore.ByteSearch.offset(of: call.utf8, in: bytes),
                        let isAtMargin = placement(of: offset, bytes)
                    else { continue }
                    let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
                    // Inside a function only what it does needs the key.
                    file.add(row.name, line: line, required: isAtMargin)
                    break
                }
            }
            return file.effective
        }
    }

    /// Whether the call stands at the margin, where it is made as the program starts; `nil` in a comment.
    private static func placement(of offset: Int, _ bytes: [UInt8]) -> Bool? {
        let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = bytes[start..<offset]
        let body = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let isRemark = body.first.map { [UInt8(ascii: "/"), UInt8(ascii: "*")].contains($0) } ?? false
        guard !isRemark, !line.contains(UInt8(ascii: "#")) else { return nil }
        return body.count == line.count
    }
}
