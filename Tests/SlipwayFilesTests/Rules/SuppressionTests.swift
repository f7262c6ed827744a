// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What people asked not to hear of stays quiet, and the rest does not.
struct SuppressionTests {
    private static func codes(_ text: String, _ settings: CheckSettings = CheckSettings()) -> [String] {
        let repository = CheckedRepository(tree: SourceTree(files: ["Dockerfile": text]), isWhole: false)
        return Checker(settings: settings).check(repository).map(\.code)
    }

    @Test(arguments: [
        "# slipway ignore=DF306 the mirror has one tag\nFROM debian",
        "# slipway ignore=DL3006 by the other name\nFROM debian",
        "# hadolint ignore=DL3006\nFROM debian",
        "# hadolint ignore=DL3007,DL3006\nFROM debian",
        "# hadolint ignore=DL3007, DL3006\nFROM debian",
        "# slipway ignore=DF306 reason\n# another comment\nFROM debian",
        "# slipway global ignore=DF306 reason\n\nFROM debian:12\nFROM debian",
    ])
    func `a comment quiets the line after it, or the file`(_ text: String) {
        #expect(!Self.codes(text).contains("DF306"))
    }

    @Test(arguments: [
        "# slipway ignore=DF307 reason\nFROM debian", "# slipway ignore=DF306 reason\nFROM debian:12\nFROM debian",
        "# a note: ignore=DF306\nFROM debian",
    ])
    func `a comment quiets nothing else`(_ text: String) { #expect(Self.codes(text).contains("DF306")) }

    @Test func `severities, ignored paths and a baseline come from the settings`() {
        let text = "FROM debian\nUSER 1000\n"
        var settings = CheckSettings()
        settings.severities.updateValue(nil, forKey: "DL3006")
        #expect(!Self.codes(text, settings).contains("DF306"))
        settings = CheckSettings()
        settings.ignores = [.init(code: "DF306", path: "Docker*")]
        #expect(!Self.codes(text, settings).contains("DF306"))
        settings.ignores = [.init(code: "DF306", path: "other")]
        #expect(Self.codes(text, settings).contains("DF306"))
        settings = CheckSettings()
        let repository = CheckedRepository(tree: SourceTree(files: ["Dockerfile": text]), isWhole: false)
        settings.baseline = Baseline(Checker().check(repository))
        #expect(Self.codes(text, settings).isEmpty)
        #expect(Self.codes(text + "RUN sudo true\n", settings) == ["DF304"])
    }
}
