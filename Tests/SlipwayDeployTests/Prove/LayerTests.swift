// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayDeploy

struct ImageLayerTests {
    /// A tar archive of regular files and folders, written by hand.
    static func tar(_ files: [(path: String, text: String, mode: Int)]) -> [UInt8] {
        var archive: [UInt8] = []
        func field(_ text: String, _ length: Int) -> [UInt8] {
            Array(text.utf8.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - text.utf8.count))
        }
        for file in files {
            let body = Array(file.text.utf8)
            var path = file.path
            if path.utf8.count > 100 {
                let long = Array(path.utf8) + [0]
                archive += header("././@LongLink", size: long.count, mode: 0, type: "L")
                archive += long + [UInt8](repeating: 0, count: (512 - long.count % 512) % 512)
                path = String(path.prefix(100))
            }
            archive += header(path, size: body.count, mode: file.mode, type: file.path.hasSuffix("/") ? "5" : "0")
            archive += body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
        }
        func header(_ path: String, size: Int, mode: Int, type: String) -> [UInt8] {
            var block = field(path, 100) + field(String(mode, radix: 8), 8) + field("0", 8) + field("0", 8)
            block += field(String(size, radix: 8), 12) + field("0", 12) + field("", 8) + field(type, 1)
            block += field("", 100) + field("ustar", 6) + field("00", 2)
            return block + [UInt8](repeating: 0, count: 512 - block.count)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    static func scan(_ files: [(path: String, text: String, mode: Int)], piece: Int = 700) -> LayerScan {
        var (reader, scan) = (TarReader(), LayerScan(canary: "CANARY-1234"))
        let bytes = tar(files)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.feed(bytes[start..<min(start + piece, bytes.count)], to: &scan)
        }
        return scan
    }

    @Test(arguments: [1, 7, 511, 512, 513, 100_000])
    func `an archive reads the same in pieces of any size`(_ piece: Int) {
        let long = String(repeating: "deep/", count: 40) + "file.txt"
        let files: [(path: String, text: String, mode: Int)] = [
            ("./app/", "", 0o755), ("./app/a.py", "print()", 0o644), (long, "x", 0o644), ("bin/su", "e", 0o4755),
        ]
        let scan = Self.scan(files, piece: piece)
        #expect(scan.files.map(\.path) == ["app/a.py", long, "bin/su"])
        #expect(scan.files.map(\.isPrivileged) == [false, false, true])
        #expect(scan.sizeInBytes == 9)
    }

    /// As GNU tar and Go write them: a name of over 100 bytes and a size in pax records, a link and a folder that state
    /// sizes of nothing, a header that speaks of the whole archive.
    @Test(arguments: [1, 511, 100_000])
    func `what describes the next member is used, and what states a size without contents has none`(_ piece: Int) {
        func member(_ name: String, type: String, _ content: String, size: Int? = nil) -> [UInt8] {
            var bytes = TarParts.member(name, Array(content.utf8))
            bytes[156] = Array(type.utf8)[0]
            if let size { bytes.replaceSubrange(124..<135, with: TarParts.octal(size, digits: 11).utf8) }
            TarParts.seal(&bytes, at: 0)
            return bytes
        }
        func record(_ text: String) -> String {
            var length = text.utf8.count + 2
            while "\(length) \(text)\n".utf8.count != length { length = "\(length) \(text)\n".utf8.count }
            return "\(length) \(text)\n"
        }
        let long = String(repeating: "deep/", count: 40) + "file.txt"
        var archive = member("global", type: "g", record("comment=abc"))
        archive += member("PaxHeaders/x", type: "x", record("path=\(long)") + record("size=5") + record("mtime=1.5"))
        // The header's own size is wrong: what stands before it counts.
        archive += member("short", type: "0", "12345", size: 0)
        archive += member("folder/", type: "5", "", size: 4096) + member("link", type: "1", "", size: 7)
        archive += member("last", type: "0", "1") + [UInt8](repeating: 0, count: 1024)
        var (reader, scan) = (TarReader(), LayerScan(canary: nil))
        for start in stride(from: 0, to: archive.count, by: piece) {
            reader.feed(archive[start..<min(start + piece, archive.count)], to: &scan)
        }
        #expect(scan.files.map(\.path) == [long, "link", "last"])
        #expect(scan.files.map(\.size) == [5, 0, 1])
    }

    @Test func `what a later layer deletes or writes again is waste, and what the base hides is not`() {
        let base = Self.scan([("etc/a", "aaaa", 0o644)])
        let first = Self.scan([("app/x", "12345", 0o644), ("app/y", "123", 0o644), ("tmp/d/1", "77", 0o644)])
        let second = Self.scan([
            ("app/.wh.x", "", 0), ("app/y", "123", 0o600), (".wh.tmp", "", 0), ("etc/a", "b", 0o644),
        ])
        let contents = ImageContents(layers: [base, first, second], baseCount: 1)
        #expect(contents.waste.map(\.path) == ["app/x", "etc/a", "app/y", "tmp/d/1"])
        #expect(contents.waste.map(\.bytes) == [5, 4, 3, 2])
        #expect(contents.visibleOwnFiles.map(\.path) == ["app/y", "etc/a"])
    }

    @Test(arguments: [
        ("app/.env", "SLIPWAY=CANARY-1234"), ("app/key.pem", "-----BEGIN RSA PRIVATE KEY-----"),
        ("app/s.py", "id = 'AKIAIOSFODNN7QWERTYU'"), ("app/c.py", "SECRET_KEY = \"k3J9xZq81LmPw0TvB7\""),
        ("root/.aws/credentials", "token: 'ghp_abcdefghij0123456789ABCDEFGHIJ012345'"),
    ])
    func `secrets in an application's files are found`(_ path: String, _ line: String) {
        #expect(Self.scan([(path, "first line\n\(line)\n", 0o644)]).secrets.map(\.line) == [2], "\(line)")
    }

    @Test(arguments: [
        ("app/c.py", "SECRET_KEY = os.environ[\"SECRET_KEY\"]"),
        ("app/c.js", "const password = \"change me please now\""),
        ("usr/lib/python3/x.py", "SECRET = 'k3J9xZq81LmPw0TvB7'"), ("app/.env.example", "API_TOKEN="),
        ("app/.env.example", "JWT_SECRET=change-me-to-32-random-characters"),
        ("app/t.js", "token: \"${TOKEN_FROM_SOMEWHERE_1}\""), ("app/doc.md", "the token is sent in a header"),
    ])
    func `ordinary text is no secret`(_ path: String, _ line: String) {
        #expect(Self.scan([(path, "\(line)\n", 0o644)]).secrets.isEmpty, "\(line)")
    }

    @Test(arguments: [
        ("app/.env", true), ("app/.env.production", true), ("app/.env.example", false), ("app/.git/config", true),
        ("root/.npm/_cacache/x", true), ("usr/lib/python3/site-packages/pytest/__init__.py", true),
        ("app/node_modules/vite/package.json", true), ("app/node_modules/express/package.json", false),
        ("usr/local/lib/node_modules/npm/node_modules/typescript/x", false), ("app/environment.py", false),
        ("var/lib/apt/lists/deb.debian.org_x", true), ("", false),
    ])
    func `files that belong in no image are told from those that do`(_ path: String, _ isUnwanted: Bool) {
        #expect((UnwantedFile.kind(path) != nil) == isUnwanted, "\(path)")
    }
}
