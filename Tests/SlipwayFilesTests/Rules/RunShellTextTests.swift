// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Which RUN instructions are worth the start of another linter.
struct RunShellTextTests {
    @Test(arguments: [
        ("RUN apt-get update && apt-get install -y gcc=4:12.2.0-3 \\\n    && rm -rf /var/lib/apt/lists/*", true),
        ("RUN cd /app && npm ci", true), ("RUN mkdir -p /data && chown app:app /data", true),
        ("RUN pip install -r requirements.txt", true), ("RUN npm ci\t&& npm run build", true),
        ("RUN cd /app", false), ("RUN echo -e hi", false), ("RUN source ./env", false), ("RUN rm -rf /usr", false),
        ("RUN mkdir -pm 755 /a/b", false), ("RUN curl -f https://a | sh", false), ("RUN pip install $PACKAGES", false),
        ("RUN A=b npm ci", false), ("RUN npm ci & npm test", false), ("RUN npm ci; npm test", false),
        ("RUN pip install 'a>1'", false), ("RUN apt-get install -y gcc &&", false), ("RUN npm ci # all", false),
        ("RUN <<EOF\nnpm ci\nEOF", false), ("RUN npm ci >log", false), ("RUN for a in b", false),
    ])
    func `plain words are told from what a shell reads`(_ instruction: String, isPlain: Bool) throws {
        let tree = SourceTree(files: ["Dockerfile": "FROM debian:12\n\(instruction)\n"])
        let text = try #require(CheckedRepository(tree: tree).dockerfiles.first?.runShellTexts.first)
        #expect(text.isPlain == isPlain)
    }
}
