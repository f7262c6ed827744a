// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

struct FileStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: ["plain.txt", "deep/er/file", "with space and 'quote'", "\u{fc}ml\u{e4}ut"])
    func `what is written is read back and nothing else is left`(_ path: String) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try folder.files.makeDirectory(parent.isEmpty ? "." : parent)
        try folder.files.write("first", to: path)
        try folder.files.write("second", to: path, mode: 0o600)
        #expect(try folder.files.text(path) == "second")
        #expect(Ownership.of(folder.path + "/" + path).map { $0.mode & 0o777 } == 0o600)
        #expect(try folder.files.list(parent.isEmpty ? "." : parent).count == 1)
    }

    @Test(arguments: ["../outside", "a/../../outside", "/etc/passwd", "link/passwd", "link"])
    func `a path that leaves the folder is refused`(_ path: String) throws {
        try Ownership.link(folder.path + "/link", to: "/etc")
        let error = try #require(throws: SlipwayError.self) { try folder.files.read(path) }
        #expect(error.code == .unreadable)
        #expect(!folder.files.exists(path))
    }

    @Test func `writing over a symbolic link replaces the link and not its target`() throws {
        try folder.files.write("target", to: "target")
        try Ownership.link(folder.path + "/link", to: "target")
        try folder.files.write("new", to: "link")
        #expect(try folder.files.text("target") == "target")
        #expect(try folder.files.text("link") == "new")
    }

    @Test func `nothing is written through a folder that is a link to elsewhere`() throws {
        let elsewhere = try TemporaryFolder()
        try Ownership.link(folder.path + "/link", to: elsewhere.path)
        #expect(throws: SlipwayError.self) { try folder.files.write("x", to: "link/file") }
        #expect(throws: SlipwayError.self) { try folder.files.makeDirectory("link/folder") }
        #expect(try elsewhere.files.list() == [])
    }

    @Test func `many files are written together, and one that is there keeps its permission bits`() throws {
        let store = folder.files
        try store.write("old", to: "run.sh", mode: 0o700)
        let many = (0..<600).map { NewFile(path: "deep/\($0 % 7)/\($0)", text: "\($0)", isExecutable: false) }
        try store.write(many + [NewFile(path: "run.sh", text: "new", isExecutable: true)])
        #expect(try many.allSatisfy { try store.text($0.path) == $0.text })
        #expect(try store.text("run.sh") == "new")
        #expect(store.permissions(of: "run.sh") == 0o711 && store.permissions(of: "deep/0/0") == 0o644)
        #expect(try store.list("deep/0").allSatisfy { !$0.hasSuffix(".tmp") })
    }

    @Test func `of many files those before the one that fails are there, and nothing else is left`() throws {
        let store = folder.files
        try store.makeDirectory("taken/inside")
        #expect(throws: SlipwayError.self) {
            try store.write(["first", "taken", "last"].map { NewFile(path: $0, text: $0, isExecutable: false) })
        }
        #expect(try store.list() == ["first", "taken"])
    }

    @Test func `of many files none is written through a folder that is a link to elsewhere`() throws {
        let elsewhere = try TemporaryFolder()
        try Ownership.link(folder.path + "/link", to: elsewhere.path)
        #expect(throws: SlipwayError.self) {
            try folder.files.write([NewFile(path: "link/file", text: "x", isExecutable: false)])
        }
        #expect(try elsewhere.files.list() == [])
    }

    @Test func `removing a folder removes links in it and keeps what they point to`() throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.files.write("precious", to: "file")
        try folder.files.makeDirectory("a/b")
        try Ownership.link(folder.path + "/a/link", to: elsewhere.path)
        try folder.files.remove("a")
        try folder.files.remove("never-there")
        #expect(!folder.files.exists("a"))
        #expect(try elsewhere.files.text("file") == "precious")
    }

    @Test func `a copied tree has the files and no links`() throws {
        try folder.files.makeDirectory("from/sub")
        try folder.files.write("x", to: "from/sub/x")
        try Ownership.link(folder.path + "/from/link", to: "/etc/passwd")
        try folder.files.copyTree(from: folder.path + "/from", to: "to")
        #expect(try folder.files.list("to") == ["sub"])
        #expect(try folder.files.text("to/sub/x") == "x")
    }

    @Test func `a folder that does not exist yet has the free space of the one above`() throws {
        #expect(try FileStore(root: folder.path + "/not/yet").freeSpace() > 0)
    }

    @Test(.enabled(if: FileStore(root: "/").exists("dev/full"), "needs /dev/full"))
    func `a full disk is told apart from other failures`() throws {
        let log = try LogFile(path: "/dev/full")
        log.write(line: "x")
        #expect(try #require(throws: SlipwayError.self) { try log.check() }.code == .diskFull)
    }

    @Test func `the digest is that of FIPS 180-4 and its parts cannot be shifted`() {
        #expect(Digest.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest.sha256(parts: [[1], [2, 3]]) != Digest.sha256(parts: [[1, 2], [3]]))
        #expect(RandomToken.hex().utf8.count == 64)
        #expect(RandomToken.hex() != RandomToken.hex())
    }

    @Test(arguments: [nil, "/run/user/1000", "relative", "/" + String(repeating: "long", count: 30)])
    func `socket paths fit into a socket address whatever the application's path is`(_ root: String?) {
        let application = "/" + String(repeating: "deep folder/", count: 40)
        let path = RuntimeDirectory.path(application: application, runtimeRoot: root, userID: 4_294_967_294)
        #expect((path + "/.s.PGSQL.5432.lock").utf8.count <= 100)
    }
}
