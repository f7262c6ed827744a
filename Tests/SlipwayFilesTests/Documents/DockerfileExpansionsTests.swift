// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What BuildKit refuses only when it carries an instruction out.
struct DockerfileExpansionsTests {
    @Test(arguments: [
        "ENV A=\"b", "ENV A it's", "LABEL a='b", "ENV A ${b", "COPY ${a /", "WORKDIR ${a", "VOLUME ${a!b}",
        "RUN --mount=type=disk,target=/a b",
        "RUN --mount=type=cache,goal=/a b", "RUN --mount=type=secret b", "EXPOSE 80/http",
        "COPY https://example.org/a /",
        "ONBUILD WORKDIR ${a",
    ])
    func `is refused`(_ line: String) {
        let file = Dockerfile(parsing: "FROM debian:12\n\(line)\n")
        #expect(file.diagnostics.isEmpty)
        #expect(file.expansionDiagnostics.map(\.line) == [2])
    }

    @Test(arguments: [
        "ENV A=\"b c\"", "ENV A it\\'s", "LABEL a='b'", "COPY ${a:-b} /", "COPY ${a#b} ${a%%c*} /", "WORKDIR ${a:?no}",
        "RUN --mount=type=cache,target=/a b", "RUN --mount=type=$T,goal=/a b", "RUN --mount=type=secret,id=a b",
        "RUN --mount=target=/a,from=b c", "EXPOSE 80/TCP 90/udp $P", "COPY --from=https://example.org/a x /",
        "ADD https://example.org/a /", "COPY <<A /x\n${a\nA", "RUN echo \"a", "CMD echo ${a",
    ])
    func `is accepted`(_ line: String) {
        #expect(Dockerfile(parsing: "FROM debian:12\n\(line)\n").expansionDiagnostics.isEmpty)
    }
}
