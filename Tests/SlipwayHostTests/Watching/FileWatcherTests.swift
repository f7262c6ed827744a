// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayHost

struct FileWatcherTests {
    @Test func `changed files are told, ignored ones and followed links are not`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)").path
        let outside = folder + "-outside"
        let files = FileManager.default
        defer { for path in [folder, outside] { try? files.removeItem(atPath: path) } }
        for path in ["src", "node_modules/x", "dist", ".git"] {
            try files.createDirectory(atPath: folder + "/" + path, withIntermediateDirectories: true)
        }
        try files.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try Data("old".utf8).write(to: URL(fileURLWithPath: folder + "/src/old.py"))
        try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: outside)
        let filter = WatchFilter { $0 == "dist" }
        for source in [InotifySource(root: folder, filter: filter), PollingSource(root: folder, filter: filter)]
            as [(any ChangeSource)?]
        {
            var source = try #require(source)
            let write = { (path: String) in try Data(UUID().uuidString.utf8).write(to: URL(fileURLWithPath: path)) }
            for path in ["src/a.py", "src/old.py", "node_modules/x/i.js", "dist/o.js", ".git/index", "src/a.py~"] {
                try write(folder + "/" + path)
            }
            try write(outside + "/far.txt")
            #expect(source.collect() == ["src/a.py", "src/old.py"])
            try files.createDirectory(atPath: folder + "/src/new/deep", withIntermediateDirectories: true)
            try write(folder + "/src/new/deep/b with space.py")
            #expect(source.collect() == ["src/new/deep/b with space.py"])
            try write(folder + "/src/new/deep/c.py")
            try files.removeItem(atPath: folder + "/src/a.py")
            // A child that another test forks may hold the earlier file open for a moment, and close it now.
            let late: Set<String> = ["src/new/deep/b with space.py"]
            let changed = source.collect().subtracting(late)
            #expect(changed == ["src/new/deep/c.py", "src/a.py"])
            try files.removeItem(atPath: folder + "/src/new")
            _ = source.collect()
            source.close()
        }
    }

    @Test func `a save reaches the reader as one batch, and the stream ends with its task`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let changes = FileWatcher(root: folder).changes()
        for name in ["a", "b", "c"] { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).txt")) }
        let reader = Task { await changes.first { _ in true } }
        let timer = Task {
            try await Task.sleep(for: .seconds(20))
            reader.cancel()
        }
        let batch = await reader.value
        timer.cancel()
        #expect(batch == ["a.txt", "b.txt", "c.txt"])
    }
}
