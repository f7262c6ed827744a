// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The built `slipway`, run as a person would.
struct Slipway {
    /// Where the application stands; a copy that the test may change.
    let folder: URL

    /// Next to the test bundle, which `swift test` builds into the same folder.
    static let executable: URL = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("slipway")
    }()

    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A folder of its own for one test, with these files.
    init(named name: String = "app", files: [String: String] = [:]) throws {
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-test-\(UUID().uuidString)")
        folder = parent.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files { try write(text, to: path) }
    }

    /// A copy of one of the project's examples.
    init(example: String) throws {
        try self.init(named: example)
        try FileManager.default.removeItem(at: folder)
        try FileManager.default.copyItem(
            at: Self.project.appendingPathComponent("Examples/\(example)"), to: folder)
        for left in [".slipway", ".build"] {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(left))
        }
    }

    func write(_ text: String, to path: String) throws {
        let file = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Runs a command on the folder and waits for its end.
    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Background.Result {
        try runAll(arguments, environment: environment)
    }

    @discardableResult
    func runAll(_ arguments: [String], environment: [String: String] = [:]) throws -> Background.Result {
        try Background.run(Self.executable.path, arguments, in: folder, environment: environment)
    }

    /// Ends whatever runs and removes the folder.
    func cleanUp() {
        _ = try? run("down")
        try? FileManager.default.removeItem(at: folder.deletingLastPathComponent())
    }
}
