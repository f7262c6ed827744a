// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One virtual server of an application: its files, its door to the other services, its headers.
///
/// Every `add_header` stands on the server and takes its value from a map, because one `add_header` in a location
/// drops all that it would inherit (nginx.org/en/docs/http/ngx_http_headers_module.html). A map with an empty value
/// sends no header, so what a proxied service says itself is never doubled.
package struct NginxSite: Sendable {
    /// `nil` when nothing is served from files.
    let files: Service?
    /// The folder of the files.
    let root: String
    /// Services behind the door, with the prefixes that lead to them; `/` is what nobody else answers.
    let upstreams: [(service: Service, routes: [String])]
    /// Where a service is found, `server:8000`.
    let address: @Sendable (Service) -> String
    /// Parameters of each `listen`.
    let listens: [[String]]
    /// Parameters of `resolver`; with one, names are looked up again while nginx runs, so that it starts before its
    /// upstreams and follows them when they move.
    let resolver: [String]
    let serverNames: [String]
    /// What nginx answers for itself; `nil` leaves the path to the services.
    let healthPath: String?
    /// Put before every variable's name; sites of one nginx share its variables.
    let prefix: String
    /// Largest request body. 100 MB is what the embedded engine's edge lets through.
    let bodyLimit: String
    /// What the services behind the door leave to it.
    var folders: [DoorFolder] = []
    /// The script that the container writes when it starts, below the pages' folder.
    var runtimeConfig: String?
    /// More lines inside the server: certificates.
    var extra: [NginxStatement] = []

    // MARK: Outside of the server

    /// Maps that the server's lines use; they belong to the `http` block.
    package var maps: [NginxStatement] {
        var maps: [NginxStatement] = []
        if !upstreams.isEmpty {
            maps += [
                .comment("A WebSocket's handshake is passed on; other requests keep their connection."),
                map("$http_upgrade", "upgrade_connection", [("default", "upgrade"), ("", "")]),
                .comment("The scheme that the browser used, when a proxy in front says it."),
                map(
                    "$http_x_forwarded_proto", "forwarded_scheme",
                    [("default", "$http_x_forwarded_proto"), ("", "$scheme")]),
            ]
        }
        if files != nil {
            maps += [
                .comment("Only what a browser opens as a page may be answered with the application's page."),
                map(
                    "$request_method $http_sec_fetch_mode $http_accept", "opens_page",
                    [
                        ("default", "0"), ("~^(GET|HEAD)  *$", "1"),
                        ("~^(GET|HEAD) (navigate)? .*(text/html|\\*/\\*)", "1"),
                    ]),
                .comment("A name with an ending is a file: when it is missing, that is a 404."),
                map(
                    "$uri", "page",
                    [("default", "/index.html"), ("~\\.html?$", "/index.html"), ("~\\.[^./]+$", "/.missing")]),
                map("$\(prefix)opens_page", "fallback", [("default", "/.missing"), ("1", "$\(prefix)page")]),
            ]
        }
        if servesFiles {
            let written = folders.filter(\.isWritten).map { ("~^\\|(200|206|304)\\|\(Self.below($0))", "no-cache") }
            maps += [
                .comment("Names that change with their content are kept for a year, pages are asked for again."),
                map(
                    "$upstream_addr|$status|$uri", "cache_control",
                    [("default", "")] + written + [
                        ("~^\\|(200|206|304)\\|.*/_next/static/", Self.forever),
                        ("~^\\|(200|206|304)\\|.*[-.](?=[^./]*[0-9])[0-9A-Za-z_-]{8,}(\\.[0-9a-z]+)+$", Self.forever),
                        ("~^\\|(200|206|304)\\|.*/assets/[^/]+-[0-9A-Za-z_-]{8}\\.[0-9a-z]+$", Self.forever),
                        ("~^\\|(200|206|304)\\|.*\\.(css|js|mjs|json|map|svg|txt|webmanifest|xml)$", "no-cache"),
                        ("~^\\|(200|206|304)\\|.*\\.(avif|gif|ico|jpe?g|png|webp|woff2?)$", "public, max-age=3600"),
                        ("~^\\|", "no-cache"),
                    ]),
            ]
        }
        maps.append(.comment("What a service says itself wins; an empty value sends no header."))
        for header in Self.headers { maps.append(map(of: header)) }
        maps += [
            map("$http_x_forwarded_proto$https", "transport_security", [("default", ""), ("~(https|on)$", Self.hsts)]),
            map("$status", "retry_after", [("default", ""), ("~^50[234]$", "5")]),
        ]
        return maps
    }

    private static let forever = "public, max-age=31536000, immutable"
    private static let hsts = "max-age=31536000"
    /// The value of X-XSS-Protection switches off a filter that had holes of its own (owasp.org, HTTP Headers Cheat
    /// Sheet).
    static let headers: [(name: String, variable: String, value: String)] = [
        ("X-Frame-Options", "frame_options", "SAMEORIGIN"),
        ("X-Content-Type-Options", "content_type_options", "nosniff"),
        ("X-XSS-Protection", "xss_protection", "0"),
        ("Referrer-Policy", "referrer_policy", "strict-origin-when-cross-origin"),
        (
            "Permissions-Policy", "permissions_policy",
            "camera=(self), geolocation=(self), microphone=(self), payment=(self)"
        ),
        (
            "Content-Security-Policy", "content_security_policy",
            "frame-ancestors 'self'; base-uri 'self'"
        ),
    ]

    private var servesFiles: Bool { files != nil || !folders.isEmpty }

    /// A page among the files that people upload must not run scripts in the name of the site.
    private func map(of header: (name: String, variable: String, value: String)) -> NginxStatement {
        let own = "$upstream_http_" + header.name.lowercased().swapping("-", with: "_")
        let written = folders.filter(\.isWritten)
        guard header.name == "Content-Security-Policy", !written.isEmpty else {
            return map(own, header.variable, [("default", ""), ("", header.value)])
        }
        return map(
            "\(own)|$uri", header.variable,
            [("default", "")] + written.map { ("~^\\|\(Self.below($0))", "\(header.value); script-src 'none'") }
                + [("~^\\|", header.value)])
    }

    /// Matches what lies in a folder.
    private static func below(_ shared: DoorFolder) -> String { escaped(shared.folder.path) + "/" }

    private func map(_ source: String, _ name: String, _ pairs: [(String, String)]) -> NginxStatement {
        .block("map", [source, "$\(prefix)\(name)"], pairs.map { .directive($0.0, [$0.1]) })
    }

    // MARK: The server

    /// The `server` block.
    package var server: NginxStatement {
        var lines: [NginxStatement] = listens.map { .directive("listen", $0) }
        lines += [.directive("server_name", serverNames), .set("server_tokens", "off")] + extra
        if files != nil { lines += [.set("root", root), .set("index", "index.html")] }
        lines += [
            .set("absolute_redirect", "off"), .set("client_max_body_size", bodyLimit), .blank,
            .comment("Here and in no location: a location with an add_header of its own would lose these."),
        ]
        lines += Self.headers.map { .set("add_header", $0.name, "$\(prefix)\($0.variable)", "always") }
        lines.append(.set("add_header", "Strict-Transport-Security", "$\(prefix)transport_security", "always"))
        lines.append(.set("add_header", "Retry-After", "$\(prefix)retry_after", "always"))
        if servesFiles { lines.append(.set("add_header", "Cache-Control", "$\(prefix)cache_control", "always")) }
        lines += compression
        if !upstreams.isEmpty { lines += proxying }
        lines.append(.blank)
        if files != nil { lines.append(.set("error_page", "404", "/404.html")) }
        if !upstreams.isEmpty { lines.append(.set("error_page", "502", "503", "504", "@unavailable")) }
        lines += locations
        return .block("server", [], lines)
    }

    /// Types besides text/html, which nginx always compresses. 1024 bytes fit one packet either way.
    private var compression: [NginxStatement] {
        [
            .blank, .set("gzip", "on"), .set("gzip_vary", "on"), .set("gzip_proxied", "any"),
            .set("gzip_comp_level", "5"), .set("gzip_min_length", "1024"),
            .directive(
                "gzip_types",
                [
                    "application/javascript", "application/json", "application/manifest+json", "application/wasm",
                    "application/xml", "font/ttf", "image/svg+xml", "image/x-icon", "text/css", "text/javascript",
                    "text/plain", "text/xml",
                ]),
        ] + (files == nil ? [] : [.set("gzip_static", "on")])
    }

    private var proxying: [NginxStatement] {
        var lines: [NginxStatement] = [.blank]
        if !resolver.isEmpty { lines += [.directive("resolver", resolver), .set("resolver_timeout", "5s")] }
        lines += [
            .set("proxy_http_version", "1.1"), .set("proxy_set_header", "Host", "$http_host"),
            .set("proxy_set_header", "X-Real-IP", "$remote_addr"),
            .set("proxy_set_header", "X-Forwarded-For", "$proxy_add_x_forwarded_for"),
            .set("proxy_set_header", "X-Forwarded-Host", "$http_host"),
            .set("proxy_set_header", "X-Forwarded-Proto", "$\(prefix)forwarded_scheme"),
            .set("proxy_set_header", "X-Request-ID", "$request_id"),
            .set("proxy_set_header", "Upgrade", "$http_upgrade"),
            .set("proxy_set_header", "Connection", "$\(prefix)upgrade_connection"),
            .comment("An application that waits for another service answers late; WebSocket servers ping sooner."),
            .set("proxy_connect_timeout", "5s"), .set("proxy_send_timeout", "60s"), .set("proxy_read_timeout", "300s"),
        ]
        return lines
    }

    private var locations: [NginxStatement] {
        var found: [NginxStatement] = []
        if let healthPath {
            found += [
                .blank,
                .block(
                    "location", ["=", healthPath],
                    [.set("access_log", "off"), .set("default_type", "text/plain"), .set("return", "200", "ok\n")]),
            ]
        }
        for shared in folders { found += location(of: shared) }
        if files != nil, !folders.isEmpty {
            found += [
                .blank, .comment("A path that the pages have files below as well."),
                .block("location", ["@pages"], [.directive("try_files", ["$uri", "=404"])]),
            ]
        }
        for (routes, service) in routing {
            let stripped = routes.filter { service.strippedRoutes?.contains($0) == true }
            let whole = routes.filter { !stripped.contains($0) }
            if !whole.isEmpty {
                let parameters = whole == ["/"] ? ["/"] : ["~", Self.pattern(whole)]
                found += [.blank, .block("location", parameters, pass(to: service))]
            }
            for route in stripped where route != "/" {
                let prefix = Self.escaped(route)
                found += [
                    .blank,
                    .comment("\(service.name) answers these without \(route), as behind the development server."),
                    .block(
                        "location", ["~", "^\(prefix)(/|$)"],
                        // After `break` no `set` of the location is looked at any more.
                        pass(to: service).dropLast()
                            + [.set("rewrite", "^\(prefix)(?:/(.*))?$", "/$1", "break")] + pass(to: service).suffix(1)),
                ]
            }
        }
        found += [
            .blank, .comment("Hidden files do not exist; what certificates are fetched with does."),
            .block("location", ["~", "/\\.(?!well-known(/|$))"], [.set("return", "404")]),
        ]
        if let runtimeConfig {
            found += [
                .blank, .comment("Written when the container starts, from its environment."),
                .block("location", ["=", "/\(runtimeConfig)"], [.set("alias", RuntimeConfigScript.place)]),
            ]
        }
        if let files { found += self.files(files) }
        if files == nil, !upstreams.contains(where: { $0.routes.contains("/") }) {
            found += [
                .blank, .comment("nginx has a page of its own in its image, which greets whoever asks for /."),
                .block("location", ["/"], [.set("return", "404")]),
            ]
        }
        if !upstreams.isEmpty {
            found += [
                .blank,
                .block(
                    "location", ["@unavailable"],
                    [
                        .set("default_type", "text/plain"),
                        .set("return", "503", "The application does not answer. Please try again in a moment.\n"),
                    ]),
            ]
        }
        return found
    }

    /// Before every pattern, so that no service is asked for its files.
    private func location(of shared: DoorFolder) -> [NginxStatement] {
        let why =
            shared.isWritten
            ? "What people upload to \(shared.service.name)."
            : "What each release of \(shared.service.name) leaves here."
        return [
            .blank, .comment(why),
            .block(
                "location", ["^~", shared.folder.path + "/"],
                [.set("root", shared.root), .directive("try_files", ["$uri", files == nil ? "=404" : "@pages"])]),
        ]
    }

    private func pass(to service: Service) -> [NginxStatement] {
        let place = address(service)
        guard !resolver.isEmpty else { return [.set("proxy_pass", "http://\(place)")] }
        let variable = "$\(prefix)upstream_" + service.name.swapping("-", with: "_")
        return [.set("set", variable, place), .set("proxy_pass", "http://\(variable)")]
    }

    private func files(_ service: Service) -> [NginxStatement] {
        guard service.role == .spa else {
            return [
                .blank, .block("location", ["=", "/404.html"], [.set("internal")]), .blank,
                .block("location", ["/"], [.directive("try_files", ["$uri", "$uri.html", "@folder"])]), .blank,
                .comment("A folder is asked for with its slash, so that links relative to it work."),
                .block("location", ["@folder"], [.set("index", "index.html")]),
            ]
        }
        return [
            .blank, .block("location", ["=", "/404.html"], [.set("internal")]), .blank,
            .block("location", ["=", "/"], [.directive("try_files", ["/index.html", "=404"])]), .blank,
            .block("location", ["/"], [.directive("try_files", ["$uri", "$uri/index.html", "@navigation"])]), .blank,
            .comment("Addresses that the pages' own router knows."),
            .block("location", ["@navigation"], [.directive("try_files", ["$\(prefix)fallback", "=404"])]),
        ]
    }

    // MARK: Routing

    /// The prefixes of each service in one pattern; one by one, longest first, when a prefix of one service lies below
    /// another's, because nginx takes the first pattern that matches.
    private var routing: [(routes: [String], service: Service)] {
        let owned = upstreams.flatMap { upstream in upstream.routes.filter { $0 != "/" }.map { ($0, upstream.service) }
        }
        let owners = Dictionary(owned.map { ($0.0, Set([$0.1.name])) }) { $0.union($1) }
        let isNested = owned.contains { route, service in
            Self.parents(of: route).contains { !(owners[$0] ?? []).subtracting([service.name]).isEmpty }
        }
        var routing: [(routes: [String], service: Service)] =
            isNested
            ? owned.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }.map { ([$0.0], $0.1) }
            : upstreams.map { ($0.routes.filter { $0 != "/" }, $0.service) }.filter { !$0.routes.isEmpty }
        routing += upstreams.filter { $0.routes.contains("/") }.map { (["/"], $0.service) }
        return routing
    }

    /// `/a/b` and `/a` for `/a/b/c`.
    private static func parents(of route: String) -> [String] {
        route.indices.filter { route[$0] == "/" && $0 != route.startIndex }.map { String(route[..<$0]) }
    }

    /// Matches the prefixes and what is below them.
    static func pattern(_ routes: [String]) -> String {
        "^/(\(routes.map { escaped(String($0.dropFirst())) }.joined(separator: "|")))(/|$)"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { text, character in
            if ".*+?()[]{}|^$\\".contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}
