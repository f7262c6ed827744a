// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import Testing

@Suite struct FolderFilesTests {
    @Test func `every file is listed with its size, Git's ignored ones too`() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in [
            (".gitignore", "node_modules\n"), ("node_modules/a.js", "1234"), (".git/HEAD", "x"), ("a/b.txt", ""),
            ("a.txt", "12"), ("skipped/c", "1"),
        ] {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try FileManager.default.createSymbolicLink(
            atPath: root.appendingPathComponent("link").path, withDestinationPath: "a")
        let files = try FolderFiles.read(root.path) { $0 == "skipped" }
        #expect(files.map(\.path) == [".git/HEAD", ".gitignore", "a.txt", "a/b.txt", "link", "node_modules/a.js"])
        #expect(files.map(\.sizeInBytes) == [1, 13, 2, 0, 1, 4])
    }

    @Test func `a folder that is not there is an error`() {
        #expect(throws: SlipwayError.self) { try FolderFiles.read("/nonexistent-folder") { _ in false } }
    }
}
