// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import Testing

@Suite struct TreeReaderTests {
    /// A folder of its own that goes away with the value.
    private final class Scratch {
        let url: URL
        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "tree \"\(UUID().uuidString)'")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(at: url) }

        func write(_ files: [String: String]) throws {
            for (path, text) in files {
                let file = url.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }
        func read(_ path: String = "") throws -> SourceTree { try TreeReader.read(url.appending(path: path).path) }
        func git(_ arguments: String...) throws -> String {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["git", "-C", url.path] + arguments
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }

    @Test(arguments: [0, 1, 2, 700])
    func `work that is shared among processors comes back in order, each piece once`(_ count: Int) throws {
        let scratch = try Scratch()
        try scratch.write(["a/one.txt": "1", "b.txt": "2"])
        let tree = try scratch.read()
        let texts = tree.shared(count) { number -> String? in
            number % 3 == 2 ? nil : tree.text(number % 3 == 0 ? "b.txt" : "a/one.txt")
        }
        #expect(texts == (0..<count).map { [.some("2"), .some("1"), nil][$0 % 3] })
        // One that was changed shares its work as the one that it was made from.
        #expect(tree.replacing(["b.txt": "3"]).shared(count) { $0 } == Array(0..<count))
    }

    @Test func `the index holds exactly the files that git would keep`() throws {
        let scratch = try Scratch()
        _ = try scratch.git("init", "-q")
        try scratch.write([
            ".gitignore":
                "# c\n*.log\n!keep.log\n/build\nout/\ndocs/*.txt\n**/deep/*.tmp\na/**/z\n\\#odd\nsp\\ \n[ab]?.x\n*~\r\n!/dist\ndist/**\nq*t\n",
            "a.log": "", "keep.log": "", "sub/keep.log": "", "sub/b.log": "", "build/x": "", "sub/build/x": "",
            "out/x": "", "sub/out/x": "", "outfile": "", "docs/a.txt": "", "docs/sub/a.txt": "", "deep/a.tmp": "",
            "x/deep/b.tmp": "", "x/deep/c/b.tmp": "", "a/z": "", "a/b/z": "", "a/b/c/z": "", "a/b/y": "", "#odd": "",
            "sp ": "", "a1.x": "", "b12.x": "", "c1.x": "", "x~": "", "dist/a": "", "dist/b/c": "", "quit": "",
            "qat/x": "",
            "nested/.gitignore": "*.md\n!README.md\n/only\n", "nested/a.md": "", "nested/README.md": "",
            "nested/only": "", "nested/in/only": "", "nested/in/b.md": "", "nested/in/.gitignore": "!b.md\n",
            "ünïcode/ä.txt": "", "a-b": "", "a.b/c": "", "local.cfg": "",
        ])
        try "local.cfg\n".write(to: scratch.url.appending(path: ".git/info/exclude"), atomically: true, encoding: .utf8)
        let listed = try scratch.git("-c", "core.quotePath=false", "ls-files", "-co", "--exclude-standard")
        let expected = listed.split(separator: "\n").map(String.init)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(expected.count > 15)
        #expect(try scratch.read().entries.map(\.path) == expected)
        let nested = try scratch.read("nested").entries.map(\.path)
        #expect(nested == expected.compactMap { $0.hasPrefix("nested/") ? String($0.dropFirst(7)) : nil })
    }

    @Test func `a template that a pattern hides is there unless git does not keep it`() throws {
        let scratch = try Scratch()
        try scratch.write([
            ".gitignore": ".env*\n", ".env": "A=1", ".env.example": "A=", "web/.env.local.sample": "B=", "a.txt": "",
        ])
        #expect(
            try scratch.read().entries.map(\.path) == [".env.example", ".gitignore", "a.txt", "web/.env.local.sample"])
        _ = try scratch.git("init", "-q")
        _ = try scratch.git("add", "-f", "a.txt", ".gitignore", "web/.env.local.sample")
        #expect(try scratch.read().entries.map(\.path) == [".gitignore", "a.txt", "web/.env.local.sample"])
    }

    @Test func `what git tracks is there, whatever a pattern says`() throws {
        let scratch = try Scratch()
        try scratch.write([
            ".gitignore": "config.py\nlocal/\nout/\n", "src/config.py": "", "config.py": "", "local/deep/a.yml": "",
            "local/b.yml": "", "out/c": "", "main.py": "",
        ])
        _ = try scratch.git("init", "-q")
        _ = try scratch.git("add", "-f", ".gitignore", "src/config.py", "local/deep/a.yml", "main.py")
        #expect(
            try scratch.read().entries.map(\.path)
                == [".gitignore", "local/deep/a.yml", "main.py", "src/config.py"])
    }

    @Test func `a folder that git ignores holds what is in it for who asks for it`() throws {
        let scratch = try Scratch()
        _ = try scratch.git("init", "-q")
        try scratch.write([
            ".gitignore": "held/\n", "held/a.txt": "", "state/.gitignore": "*\n!.gitignore\n",
            "state/1/source/main.py": "", "state/1/source/.gitignore": "*.log\n", "state/1/source/a.log": "",
        ])
        #expect(try scratch.read("held").entries.map(\.path) == ["a.txt"])
        #expect(try scratch.read("state/1/source").entries.map(\.path) == [".gitignore", "main.py"])
        #expect(try scratch.read().entries.map(\.path) == [".gitignore", "state/.gitignore"])
    }

    @Test func `installed packages, caches and virtual environments are left out`() throws {
        let scratch = try Scratch()
        try scratch.write([
            "main.py": "", "node_modules/x/package.json": "{}", "env/pyvenv.cfg": "", "env/lib/a.py": "",
            ".slipway/state": "", "a/__pycache__/b.pyc": "", "a/b.py": "",
        ])
        #expect(try scratch.read().entries.map(\.path) == ["a/b.py", "main.py"])
    }

    @Test func `a link is followed to files of the repository only`() throws {
        let scratch = try Scratch()
        try scratch.write(["real/file": "text", "real/deep/x": ""])
        let manager = FileManager.default
        for (link, target) in [
            ("inside", "real/file"), ("outside", "/etc/passwd"), ("loop", "loop"), ("real/up", ".."), ("broken", "no"),
        ] {
            try manager.createSymbolicLink(
                atPath: scratch.url.appending(path: link).path, withDestinationPath: target)
        }
        let tree = try scratch.read()
        #expect(tree.entries.map(\.path) == ["inside", "real/deep/x", "real/file"])
        #expect(tree.text("inside") == "text")
        #expect(tree.remarks.count == 4)
    }

    @Test func `contents are bounded, text only, and survive wrong encodings`() throws {
        let scratch = try Scratch()
        try scratch.write(["big": String(repeating: "x", count: SourceTree.largestTextInBytes + 1), "empty": ""])
        try Data([0x61, 0xE9, 0x0A]).write(to: scratch.url.appending(path: "latin1"))
        try Data([0x61, 0x00]).write(to: scratch.url.appending(path: "binary"))
        try Data([0xEF, 0xBB, 0xBF, 0x61]).write(to: scratch.url.appending(path: "marked"))
        let tree = try scratch.read()
        #expect(tree.text("big") == nil)
        #expect(tree.text("empty") == "")
        #expect(tree.text("latin1") == "a\u{FFFD}\n")
        #expect(tree.text("binary") == nil)
        #expect(tree.text("marked") == "a")
        #expect(tree.text("absent") == nil)
    }

    @Test func `a name that is not UTF-8 is listed and readable`() throws {
        let scratch = try Scratch()
        let path = Array(scratch.url.path.utf8) + Array("/na\u{0}".utf8.dropLast()) + [0xFF, 0]
        let file = path.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { fopen($0.baseAddress.unsafelyUnwrapped, "w") }
        }
        _ = file.map { fputs("found", $0) }
        _ = file.map { fclose($0) }
        let tree = try scratch.read()
        #expect(tree.entries.map(\.path) == ["na\u{FFFD}"])
        #expect(tree.text("na\u{FFFD}") == "found")
    }

    @Test func `what is no folder with files is an error with a stable code`() throws {
        let scratch = try Scratch()
        try scratch.write(["file": "", "sub/.gitignore": "*\n", "sub/x": ""])
        func code(_ path: String) -> String? {
            do {
                _ = try TreeReader.read(path)
                return nil
            } catch { return (error as? SlipwayError)?.code.rawValue }
        }
        #expect(code(scratch.url.appending(path: "absent").path) == "not-a-directory")
        #expect(code(scratch.url.appending(path: "file").path) == "not-a-directory")
        #expect(code(scratch.url.appending(path: "sub").path) == "empty-repository")
    }
}
