// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
public import SlipwayHost

extension Project {
    private static let configurationPath = "slipway.yml"

    /// Detects, asks at most three questions, and works out the files; `slipway.yml` is written only where a person's
    /// answer differs from what was detected.
    /// - Parameters:
    ///   - targets: Already chosen; what the repository needs when empty.
    ///   - person: Who is asked; nobody when `nil`, and then nothing is different from detection.
    /// - Returns: `nil` when the person would rather not have the files written.
    /// - Throws: ``SlipwayError`` as ``plannedFiles(_:)``.
    public func initialFiles(targets: [String], asking person: Questions?, notes: Terminal) throws -> PlannedFiles? {
        let detected = try detect()
        var application = try detected.requireServices()
        notes.print(detected.summary)
        detected.diagnostics.forEach(notes.print)
        var targets = targets
        if let person {
            if !files.exists(Self.configurationPath) {
                let name = person.answer("Name of the application?", suggestion: application.name)
                if name != application.name {
                    try files.write(
                        YAMLText.print(["name": .string(name)], comment: "What differs from detection."),
                        to: Self.configurationPath)
                    application = try detect().requireServices()
                }
            }
            if targets.isEmpty {
                let needed = FileTarget.needed(by: detected.tree).map(\.rawValue).sorted().joined(separator: ",")
                targets = [person.answer("Where will it run?", suggestion: needed)]
                if targets == [needed] { targets = [] }
            }
        }
        let planned = try planFiles(application, tree: detected.tree, options: WriteOptions(targets: targets))
        guard let person, planned.isPending else { return planned }
        planned.summary(written: false).forEach(notes.print)
        return person.answer("Write these files?", suggestion: "yes").lowercased().hasPrefix("y") ? planned : nil
    }
}
