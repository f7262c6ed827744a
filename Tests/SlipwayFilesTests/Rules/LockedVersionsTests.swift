// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

struct LockedVersionsTests {
    @Test(
        arguments: [
            (
                "package-lock.json", "{\"packages\": {\n\"node_modules/next\": {\n\"version\": \"15.1.3\",\n}}}",
                "15.1.3"
            ),
            ("pnpm-lock.yaml", "packages:\n  next@15.1.3(react@19.0.0):\n    resolution: {}\n", "15.1.3"),
            ("pnpm-lock.yaml", "packages:\n  /next/15.1.3:\n  /next/14.0.0:\n", nil),
            ("yarn.lock", "next@^15.1.0:\n  version \"15.1.3\"\n", "15.1.3"),
            ("yarn.lock", "\"next@npm:^15.1.0\":\n  version: 15.1.3\n", "15.1.3"),
            ("bun.lock", "{ \"next\": [\"next@15.1.3\", \"\", {}] }", "15.1.3"),
            ("bun.lock", "{}", nil), ("README.md", "", nil),
        ] as [(String, String, String?)])
    func `a lock file names the version`(_ name: String, _ text: String, _ version: String?) {
        let manifest = "{\"dependencies\":{\"next\":\"^15.1.0\"}}"
        let tree = SourceTree(files: ["package.json": manifest, name: text])
        let pins = NodePins.all(in: tree)[0]
        #expect(LockedVersions(tree: tree).node("next", for: pins)?.version.description == version)
    }

    @Test func `a version of Maven stands beside the artifact or in a property`() {
        let tree = SourceTree(files: [
            "pom.xml":
                "<properties>\n<log.version>2.14.1</log.version>\n</properties>\n<artifactId>log4j-core</artifactId>\n<version>${log.version}</version>\n",
            "a/build.gradle": "implementation 'org.apache.logging.log4j:log4j-core:2.17.1'\n",
        ])
        let found = LockedVersions(tree: tree).maven("log4j-core")
        #expect(found.map(\.version.description) == ["2.14.1", "2.17.1"])
        #expect(found.map(\.line) == [2, 1])
    }
}
