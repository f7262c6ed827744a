// SPDX-License-Identifier: Apache-2.0

import SlipwayDeploy
import Testing

struct VersionRangeTests {
    @Test(arguments: [
        (">=3.10", "3.11.7", true), (">=3.12", "3.11.7", false), (">=3.9,<3.12", "3.12.0", false),
        ("<3.12", "3.11.9", true),
        ("==3.11.*", "3.11.2", true), ("==3.11.*", "3.12.0", false), ("~=3.8", "3.12.1", true),
        ("~=3.8.1", "3.9.0", false),
        ("^3.11", "3.13.0", true), ("^3.11", "4.0.0", false), ("^0.2", "0.3.0", false), ("~3.11", "3.12.0", false),
        ("!=3.11.*,>=3.10", "3.11.1", false), (">3.11", "3.11.5", false), ("<=3.11", "3.11.7", true),
        ("3.11", "3.11.7", true),
    ])
    func `a version is in the range or not`(_ range: String, version: String, expected: Bool) throws {
        let range = try #require(VersionRange(range))
        #expect(range.contains(try #require(RuntimeVersion(version))) == expected)
    }

    @Test(arguments: ["", "latest", ">=,<", "*"])
    func `nothing is concluded from what is no range`(_ text: String) { #expect(VersionRange(text) == nil) }

    @Test(arguments: [
        ("[project]\nname = \"x\"\nrequires-python = \">=3.12\"\n", false), ("requires-python='>=3.10'", true),
        ("[tool.poetry.dependencies]\npython = \"^3.11\"\nfastapi = \"*\"\n", true),
        ("[project]\nname = \"x\"\n", true),
    ])
    func `a project's own range is read from its manifest`(_ text: String, allows: Bool) throws {
        let version = try #require(RuntimeVersion("3.11.7"))
        #expect(VersionRange.ofPython(inProject: text)?.contains(version) ?? true == allows)
    }

    @Test(arguments: [
        ("3.11.7", [3, 11, 7]), ("v20.1", [20, 1]), ("3.13.0rc1", [3, 13, 0]), ("15.18 (Debian)", [15, 18]),
    ])
    func `versions are read up to what is no number`(_ text: String, numbers: [Int]) {
        #expect(RuntimeVersion(text)?.numbers == numbers)
    }
}
