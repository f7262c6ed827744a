// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

/// The references under `docs/` and `Schemas/` that are made from the code itself.
public struct GeneratedDocuments: Sendable {
    /// Contents by path relative to the project's root.
    private let contents: [String: String]

    /// - Parameter commands: The command reference, which only the command line can make.
    public init(commands: String) {
        contents = [
            "docs/commands.md": commands,
            "docs/detection.md": DetectionReference.markdown,
            "docs/rules.md": RuleReference.markdown,
            "docs/slipway-yml.md": ConfigurationReference.markdown,
            "Schemas/slipway-yml.schema.json": ConfigurationReference.schema,
        ]
    }

    /// Writes those that differ.
    /// - Returns: Their paths, sorted.
    public func write(in directory: String) throws -> [String] {
        let files = try Project.open(directory, environment: nil).files
        let paths = try differences(in: directory)
        for path in paths {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            if !folder.isEmpty { try files.makeDirectory(folder) }
            try files.write(contents[path] ?? "", to: path)
        }
        return paths
    }

    /// Paths, sorted, of documents that are absent or not as the code would make them.
    public func differences(in directory: String) throws -> [String] {
        let files = try Project.open(directory, environment: nil).files
        return contents.filter { (try? files.text($0.key)) != $0.value }.keys.sorted()
    }
}
