// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct DockerfileStageTests {
    private let file = Dockerfile(
        parsing: """
            ARG V=3.11
            ARG BASE=python:$V
            FROM --platform=$BUILDPLATFORM ${BASE} AS Build
            ARG V
            ARG X=x$V
            ENV A=1 B="$X y" PATH=/opt:$PATH
            ENV A=2 C=$A
            FROM build AS run
            COPY --from=build /a /b
            RUN --mount=type=bind,from=0,target=/x echo $A
            ARG A
            FROM run
            USER app
            """)

    @Test func `stages know their base, name and parent`() {
        let stages = file.stages
        #expect(stages.map(\.base) == ["${BASE}", "build", "run"])
        #expect(stages.map(\.name) == ["build", "run", nil])
        #expect(stages.map(\.parent) == [nil, 0, 1])
        #expect(stages[0].platform == "$BUILDPLATFORM")
        #expect(stages[1].sources.map(\.text) == ["build", "0"])
        #expect(file.stage("BUILD", in: stages)?.index == 0)
        #expect(file.stage("1", in: stages)?.index == 1)
        #expect(file.stage("alpine", in: stages) == nil)
        #expect(file.finalStage.map(\.keyword) == ["FROM", "USER"])
    }

    @Test func `an instruction sees what stands before it`() {
        let global = file.globalScope(buildArguments: ["V": "3.12"])
        #expect(global.expand("${BASE}").text == "python:3.12")
        let scopes = file.scopes()
        #expect(scopes.map(\.count) == [5, 4, 2])
        #expect(scopes[0][0]["V"] == nil)
        #expect(scopes[0][1]["V"] == "3.11")
        #expect(scopes[0][4].environment == ["A": "2", "B": "x3.11 y", "PATH": "/opt:", "C": "1"])
        #expect(scopes[1][0]["A"] == "2")
        #expect(scopes[1][0]["X"] == nil)
        #expect(scopes[2][0]["C"] == "1")
        #expect(scopes[0][0].expand("$NOPE").unknown == ["NOPE"])
        #expect(scopes[0][0].expand("${").failure != nil)
    }

    @Test(arguments: [
        "FOO bar", "foo bar", "COPY a", "ADD", "WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER", "ENV", "LABEL", "EXPOSE",
        "VOLUME", "ONBUILD", "ONBUILD FROM a", "ONBUILD ONBUILD RUN a", "ENV =a", "ARG", "ARG =a", "FROM", "FROM a b",
        "FROM a AS 1b", "SHELL a", "SHELL []", "VOLUME [\" \"]", "COPY a <<EOF\nEOF", "\\",
    ])
    func `an instruction of the wrong shape is refused`(_ text: String) {
        let file = Dockerfile(parsing: "FROM x\n" + text)
        #expect(!file.isRefused)
        #expect(file.shapeDiagnostics.map(\.line) == [2])
    }

    @Test(arguments: [
        "RUN --x=y a", "MAINTAINER --boo me", "COPY --link=maybe a b", "COPY --from a b", "COPY --from=a --from=b c d",
        "HEALTHCHECK", "HEALTHCHECK CMD", "HEALTHCHECK NONE x", "HEALTHCHECK TCP 1", "HEALTHCHECK --interval=1 CMD a",
        "HEALTHCHECK --timeout=5us CMD a", "HEALTHCHECK --retries=-1 CMD a", "RUN --network=x a", "CMD --x a",
        "RUN --mount=type=bind,from=$X a", "RUN --mount=\"\" a", "RUN --security=none a",
    ])
    func `flags and health checks that the build refuses are reported`(_ text: String) {
        let file = Dockerfile(parsing: "FROM x\n" + text)
        #expect(file.shapeDiagnostics.isEmpty)
        #expect(file.optionDiagnostics.map(\.line) == [2])
    }

    @Test(arguments: [
        "RUN --mount=type=cache,target=/a --mount=type=ssh a", "COPY --link --chown=a:b --exclude=x --exclude=y a b",
        "HEALTHCHECK --interval=1m30s --timeout=.5s --retries=3 CMD a", "HEALTHCHECK --x NONE", "ARG --x a",
        "ONBUILD UNKNOWN a", "COPY <<EOF /a\nEOF", "FROM a as B.c-d_1", "VOLUME /a /b", "CMD",
    ])
    func `what the build accepts is not reported`(_ text: String) {
        let file = Dockerfile(parsing: "FROM x\n" + text)
        #expect(file.diagnostics.isEmpty && file.shapeDiagnostics.isEmpty && file.optionDiagnostics.isEmpty)
    }

    @Test func `an instruction before the first stage is reported`() {
        #expect(Dockerfile(parsing: "ARG a\nRUN b\nFROM c").optionDiagnostics.map(\.line) == [2])
    }
}
