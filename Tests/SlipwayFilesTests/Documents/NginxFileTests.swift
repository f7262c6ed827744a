// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

@Suite struct NginxFileTests {
    private let file = NginxFile(
        parsing: """
            # front
            upstream app { server app:8000; server "b:1" backup; }
            server {
                listen 80 default_server; listen [::]:443 ssl;
                server_name example.org www.example.org;
                root /srv/www;
                add_header X-A "a \\"b\\"; c" always; # note
                location / { try_files $uri ${uri}/ /index.html; }
                location ^~ /api/ {
                    proxy_pass http://app;
                    location ~* \\.(js|css)$ { expires 1y; }
                }
                location = /up { return 200 'ok'; }
            }
            """)

    @Test func `servers, locations and upstreams are listed`() throws {
        let server = try #require(file.servers.first)
        #expect(file.diagnostics.isEmpty)
        #expect(server.ports == [80, 443])
        #expect(server.names == ["example.org", "www.example.org"])
        #expect(server.root == "/srv/www")
        #expect(server.locations.map(\.pattern) == ["/", "/api/", "\\.(js|css)$", "/up"])
        #expect(server.locations.map(\.modifier) == [nil, "^~", "~*", "="])
        #expect(server.locations[0].tryFiles == ["$uri", "${uri}/", "/index.html"])
        #expect(server.locations[1].proxyPass?.parameters == ["http://app"])
        #expect(file.upstreams.map(\.name) == ["app"])
        #expect(file.upstreams[0].servers == ["app:8000", "b:1"])
        #expect(file.all("add_header")[0].parameters == ["X-A", "a \"b\"; c", "always"])
    }

    @Test func `directives know where they stand`() throws {
        let pass = try #require(file.all("proxy_pass").first)
        #expect(pass.position == SourcePosition(line: 10, column: 9))
        #expect(pass.parameterPositions == [SourcePosition(line: 10, column: 20)])
        #expect(String(decoding: Array(file.text.utf8)[pass.range], as: UTF8.self) == "proxy_pass http://app;")
        #expect(file.servers[0].directive.endLine == 14)
    }

    @Test(arguments: [
        ("a b", 1), ("a {", 1), ("}", 1), ("a 'b;", 1), ("a;\n;", 2), ("a;\n{}", 2), ("a \"b\"c;", 1),
        ("server {\n a\n}", 2),
    ])
    func `what nginx refuses is reported`(_ text: String, line: Int) {
        #expect(NginxFile(parsing: text).diagnostics.first?.line == line)
    }

    @Test func `Lua code is one directive`() {
        let file = NginxFile(parsing: "location / { content_by_lua_block { if a then x = {1} end } }\nb;")
        #expect(file.diagnostics.isEmpty)
        #expect(file.all("b").count == 1)
    }

    @Test(arguments: ["a{", "a{}", "}", "a 'b", "${", "a;", "\\", "#\n", "a{b{c;}"])
    func `deep and long files neither crash nor hang`(_ unit: String) {
        let text = String(repeating: unit, count: 3_000)
        #expect(NginxFile(parsing: text).text == text)
    }

    @Test func `no text crashes the reader`() {
        let tokens = ["a", "server", "{", "}", ";", "'", "\"", "\\", "#", "$", "${", "_by_lua_block", "location", "~"]
        for text in Fuzz.texts(tokens, count: 500, longest: 30) { #expect(NginxFile(parsing: text).text == text) }
    }
}
