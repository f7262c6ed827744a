// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore

@testable import SlipwayFiles

/// The project's examples as emitters see them.
enum ExampleInput {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let names = ["hello-swift", "helpdesk", "node-api", "pm", "resume", "triggers"]

    static func load(_ name: String) throws -> EmitterInput {
        let folder = root.appendingPathComponent("Examples/\(name)")
        let app = try JSONDecoder().decode(
            AppSpec.self, from: Data(contentsOf: folder.appendingPathComponent("expected/detect.json")))
        var files: [String: String] = [:]
        for case let url as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? .init()
        {
            let path = String(url.path.dropFirst(folder.path.count + 1))
            guard !path.hasPrefix("expected"), !path.contains(".slipway"), !path.contains(".build"),
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { continue }
            files[path] = text
        }
        return EmitterInput(app: app, tree: SourceTree(name: name, files: files))
    }

    static func files(_ input: EmitterInput) -> [String: GeneratedFile] {
        let all = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(all.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
