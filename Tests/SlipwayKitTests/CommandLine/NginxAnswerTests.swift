// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayHost
import Testing

/// The written nginx.conf, answered by a real nginx on loopback.
@Suite(.serialized) struct NginxAnswerTests {
    private static let nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private static let files = [
        "html/index.html": "<!doctype html><title>pages</title>", "html/404.html": "<title>not here</title>",
        "html/assets/index-DiwrgTda.js": String(repeating: "let a = 1;\n", count: 400), "html/app.js": "let b",
        "html/.env": "SECRET=1", "html/main.3f2a9c1b.css": "a{}",
    ]

    /// Runs nginx on what is written for an example, with the paths of this machine in place of the image's.
    private func serving(
        _ example: String, _ path: String, adding more: [String: String] = [:], test: (Web) throws -> Void
    ) async throws {
        let slipway = try Slipway(example: example)
        defer { slipway.cleanUp() }
        for (path, text) in more { try slipway.write(text, to: path) }
        #expect(try slipway.run("write", "--target", "docker").status == 0)
        for (path, text) in Self.files { try slipway.write(text, to: path) }
        let port = try LoopbackPort.free()
        let root = slipway.folder.path
        let text = try String(contentsOf: slipway.folder.appendingPathComponent(path), encoding: .utf8)
            .replacingOccurrences(of: " /tmp/", with: " \(root)/")
            .replacingOccurrences(of: "resolver_timeout 5s", with: "resolver_timeout 200ms")
            .replacingOccurrences(of: "listen 8080", with: "listen 127.0.0.1:\(port)")
            .replacingOccurrences(of: "/usr/share/nginx/html", with: "\(root)/html")
            .replacingOccurrences(of: "root /srv/", with: "root \(root)/srv/")
            .replacingOccurrences(of: "/dev/stdout", with: "\(root)/access.log")
            .replacingOccurrences(of: "/dev/stderr", with: "\(root)/error.log")
        try slipway.write("daemon off;\nmaster_process off;\n" + text, to: "test.conf")
        let process = Process()
        process.executableURL = Self.nginx.map(URL.init(fileURLWithPath:))
        process.arguments = ["-c", "\(root)/test.conf", "-p", root, "-e", "\(root)/error.log"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let web = Web(address: "http://127.0.0.1:\(port)")
        for _ in 0..<100 where (try? web.get("/nginx-is-up"))?.status ?? 0 == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        try test(web)
    }

    @Test(.enabled(if: nginx != nil, "nginx is not installed"))
    func `what a back end leaves is served, and uploads run no scripts`() async throws {
        let settings = """
            services:
              server:
                writableDirectories: [media]
                publicFolders: [/assets=collected, /media=media]

            """
        let files = [
            "slipway.yml": settings, "srv/server/public/assets/base.3f2a9c1b.css": "b{}",
            "srv/server/written/media/page-3f2a9c1b.html": "<script>1</script>",
        ]
        try await serving("pm", "client/nginx.conf", adding: files) { web in
            let sheet = try web.get("/assets/base.3f2a9c1b.css")
            #expect(sheet.status == 200 && sheet.headers["cache-control"]?.hasSuffix("immutable") == true)
            #expect(sheet.headers["content-security-policy"]?.contains("script-src") == false)
            // The pages have files of their own below the same path.
            #expect(try web.get("/assets/index-DiwrgTda.js").status == 200)
            #expect(try web.get("/assets/gone.js", "-H", "Accept: text/html").status == 404)
            let upload = try web.get("/media/page-3f2a9c1b.html")
            #expect(upload.status == 200 && upload.headers["cache-control"] == "no-cache")
            #expect(upload.headers["content-security-policy"]?.contains("script-src 'none'") == true)
            #expect(upload.headers["x-content-type-options"] == "nosniff")
            #expect(try web.get("/media/%2e%2e/%2e%2e/access.log").status == 400)
            #expect(try web.get("/media").status != 301)
        }
    }

    @Test(.enabled(if: nginx != nil, "nginx is not installed"))
    func `every answer has the headers, only navigations fall back, and a dead service is said`() async throws {
        try await serving("pm", "client/nginx.conf") { web in
            let page = "no-cache"
            let forever = "public, max-age=31536000, immutable"
            let cases: [(path: String, options: [String], status: Int, cache: String)] = [
                ("/", ["-H", "Accept: text/html"], 200, page), ("/", [], 200, page), ("/projects/1", [], 200, page),
                ("/projects/1", ["-H", "Accept: application/json"], 404, page),
                ("/projects/1", ["-H", "Sec-Fetch-Mode: cors"], 404, page),
                ("/projects/1", ["-H", "Sec-Fetch-Mode: navigate", "-H", "Accept: text/html"], 200, page),
                ("/projects/1", ["-X", "POST"], 404, page), ("/gone.js", [], 404, page),
                ("/assets/gone-DiwrgTda.js", [], 404, page), ("/assets/index-DiwrgTda.js", [], 200, forever),
                ("/main.3f2a9c1b.css", [], 200, forever), ("/app.js", [], 200, page), ("/.env", [], 404, page),
                ("/x/.git/config", [], 404, page), ("/healthz", [], 200, page), ("/api/projects", [], 502, page),
                ("/health", [], 502, page),
            ]
            for item in cases {
                let answer = try web.request(item.path, item.options)
                let what = "\(item.path) \(item.options)"
                #expect(answer.status == item.status, "\(what)")
                #expect(answer.headers["x-content-type-options"] == "nosniff", "\(what)")
                #expect(answer.headers["x-frame-options"] == "SAMEORIGIN", "\(what)")
                #expect(answer.headers["referrer-policy"] == "strict-origin-when-cross-origin", "\(what)")
                #expect(answer.headers["x-xss-protection"] == "0", "\(what)")
                #expect(answer.headers["cache-control"] == item.cache, "\(what)")
                #expect(answer.headers["server"] == "nginx", "the version is hidden: \(what)")
            }
            let packed = try web.get(
                "/assets/index-DiwrgTda.js", "-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-D", "-")
            #expect(packed.headers["content-encoding"] == "gzip")
            #expect(try web.get("/api/x").headers["retry-after"] == "5")
            #expect(try web.get("/", "-H", "X-Forwarded-Proto: https").headers["strict-transport-security"] != nil)
            #expect(try web.get("/").headers["strict-transport-security"] == nil)
        }
    }
}

extension Web {
    fileprivate func request(_ path: String, _ options: [String]) throws -> Answer {
        switch options.count {
        case 0: try get(path)
        case 2: try get(path, options[0], options[1])
        default: try get(path, options[0], options[1], options[2], options[3])
        }
    }
}
