// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What the rules say of a folder that no git knows, such as an unpacked archive.
struct CopyWithoutGitTests {
    @Test func `secrets that came along in a file that .gitignore names are told, placeholders and clones are not`() {
        let secrets = "MONGO_URI=mongodb://app:hunter2@db.example/app\nPORT=3000\nJWT_SECRET=a1b2c3d4\nTOKEN=<yours>\n"
        #expect(Self.lines(of: secrets, tracked: nil) == [1, 3])
        #expect(Self.lines(of: secrets, tracked: [".gitignore"]) == [])
        #expect(Self.lines(of: "PORT=3000\nJWT_SECRET=\n", tracked: nil) == [])
    }

    @Test func `a .gitignore that names itself, or stands in a folder below, still says what git leaves out`() {
        let secrets = "JWT_SECRET=a1b2c3d4\n"
        #expect(Self.lines(of: secrets, tracked: nil, visible: ["main.py": ""], hidden: ".env\n.gitignore\n") == [1])
        #expect(Self.lines(of: secrets, tracked: nil, visible: ["api/.gitignore": ".env\n"]) == [1])
        #expect(Self.lines(of: secrets, tracked: nil, visible: ["main.py": ""]) == [])
    }

    private static func lines(
        of text: String, tracked: Set<String>?, visible: [String: String] = [".gitignore": ".env\n"],
        hidden: String? = nil
    ) -> [Int?] {
        let repository = CheckedRepository(
            tree: SourceTree(files: visible), tracked: { tracked },
            kept: { $0 == ".env" ? text : $0 == ".gitignore" ? hidden : nil },
            sizes: { [BuildContext.File(path: ".env", sizeInBytes: text.utf8.count)] })
        return Rule<CheckedRepository>.trackedSecret(repository).map(\.line)
    }
}
