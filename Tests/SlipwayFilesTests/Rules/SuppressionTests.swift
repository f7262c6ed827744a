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
        "# hadolint ignore=DL3006 # the mirror has one tag\nFROM debian",
        "# hadolint global ignore = DL3007 , DL3006\nFROM debian:12\nFROM debian",
        "# hadolint stage ignore=DL3006\nFROM debian", "#hadolint ignore=DL3006\nFROM debian",
        "FROM debian:12\nRUN a\n# hadolint stage ignore=DL3006\nFROM debian\nRUN b",
    ])
    func `a comment quiets the line after it, or the file`(_ text: String) {
        #expect(!Self.codes(text).contains("DF306"))
    }

    @Test(arguments: [
        "# slipway ignore=DF307 reason\nFROM debian", "# slipway ignore=DF306 reason\nFROM debian:12\nFROM debian",
        "# a note: ignore=DF306\nFROM debian", "# hadolint ignore=nonsense,DL3006\nFROM debian",
        "# hadolint stage ignore=DL3006\nFROM debian:12\nFROM debian", "# hadolint ignore=DL3006\n\nFROM debian",
    ])
    func `a comment quiets nothing else`(_ text: String) { #expect(Self.codes(text).contains("DF306")) }

    @Test(arguments: [
        "# check=skip=FromAsCasing\nFROM debian:12 as a\n", "# check=skip=all;error=true\nFROM debian:12 as a\n",
        "#check = skip=StageNameCasing, FromAsCasing\nFROM debian:12 as a\n",
        "FROM debian:12 AS b\n# check=skip=FromAsCasing // not ours\nFROM debian:12 as a\n",
    ])
    func `comments to BuildKit are honoured`(_ text: String) {
        #expect(!Self.codes(text).contains("DF202"))
        #expect(Self.codes(text).contains("DF357"), "only BuildKit's own checks go by its word")
    }

    @Test func `a comment to BuildKit inside the file is about the next instruction alone`() {
        let text = "FROM debian:12 AS b\n# check=skip=FromAsCasing\nFROM debian:12 as a\nFROM debian:12 as c\n"
        #expect(Self.codes(text).filter { $0 == "DF202" }.count == 1)
    }

    @Test func `a comment covers an instruction to its last line`() {
        let text = "FROM debian:12\n# slipway ignore=DF500 words on purpose\nRUN true && \\\n    echo $WORDS\n"
        #expect(!Self.codes(text).contains("DF500"))
    }

    @Test(
        arguments: zip(
            [
                "#!/bin/sh\n# shellcheck disable=SC2086\nrm -rf $ONE\n",
                "#!/bin/sh\nset -e\n# shellcheck disable=SC2086\nrm -rf $ONE\n",
                "#!/bin/sh\nset -e\n# shellcheck disable=SC2086\nrm -rf $ONE\nrm -rf $TWO\n",
            ], [0, 0, 1]))
    func `comments to ShellCheck are honoured`(_ text: String, left: Int) {
        let repository = CheckedRepository(tree: SourceTree(files: ["a.sh": text]), isWhole: false)
        let rules = Set(RuleCatalog.codes(named: "SC2086"))
        #expect(Checker().check(repository).filter { rules.contains($0.code) }.count == left)
    }

    @Test func `a comment without a reason is noticed`() {
        #expect(Self.codes("# slipway ignore=DF306\nFROM debian").contains("AP001"))
        #expect(!Self.codes("# slipway ignore=DF306 one tag only\nFROM debian").contains("AP001"))
    }

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

    @Test func `what another tool says of every line is said once`() {
        let repository = CheckedRepository(
            tree: SourceTree(files: ["start.sh": "#!/bin/sh\r\nset -e\r\nexec make\r\n"]))
        let foreign = (1...3).map { line in
            Diagnostic("SC1017", .error, file: "start.sh", line: line, "Literal carriage return.")
        }
        let codes = Checker().check(repository, with: foreign).map(\.code)
        #expect(codes.contains("SH040"))
        #expect(!codes.contains("SC1017"))
    }
}
