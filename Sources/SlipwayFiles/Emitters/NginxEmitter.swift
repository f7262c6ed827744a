// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// `nginx.conf` of every service that is served from files: the whole configuration of its image, which runs without
/// root and is the application's door when the service answers `/`.
package struct NginxEmitter: Emitter {
    package let name = "nginx"
    package let target = FileTarget.docker

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        return layout.listeners.filter(\.role.isServedFromFiles).flatMap { service in
            let script = RuntimeConfigScript(service, in: layout).map {
                GeneratedFile(path: $0.file, contents: $0.contents, isExecutable: true)
            }
            return [script].compactMap(\.self) + [configuration(of: service, in: layout)]
        }
            + [Gateway(layout)].compactMap { $0 }.map { gateway in
                GeneratedFile(path: Gateway.file, contents: gateway.configuration)
            }
    }

    private func configuration(of service: Service, in layout: Layout) -> GeneratedFile {
        GeneratedFile(
            path: layout.nginxFile(of: service),
            contents: Self.configuration(
                of: service, in: layout, listens: [["\(Layout.fileServerPort)"]],
                // Docker's own resolver, for Compose and Swarm alike (docs.docker.com/engine/network).
                resolver: Self.docker, folders: layout.front?.name == service.name ? layout.doorFolders : []
            ) { "\($0.name):\(layout.port(of: $0) ?? Layout.conventionalPort)" })
    }

    static let docker = ["127.0.0.11", "valid=10s", "ipv6=off"]

    /// A whole `nginx.conf`, for whatever platform says how it resolves names.
    static func configuration(
        of service: Service, in layout: Layout, listens: [[String]], resolver: [String],
        folders: [DoorFolder] = [], address: @escaping @Sendable (Service) -> String
    ) -> String {
        let upstreams = layout.front?.name == service.name ? layout.upstreams(behind: service) : []
        let site = NginxSite(
            files: service, root: Layout.documentRoot, upstreams: upstreams, address: address, listens: listens,
            resolver: upstreams.isEmpty ? [] : resolver, serverNames: ["_"],
            healthPath: layout.healthPath(of: service), prefix: "", bodyLimit: layout.bodyLimit,
            folders: folders, runtimeConfig: RuntimeConfigScript(service, in: layout)?.path)
        let names = upstreams.map(\.service.name)
        let door = names.isEmpty ? "" : ", and the door to \(names.joined(separator: " and "))"
        return whole(
            site, "nginx for \(service.name): its files\(door). Runs without root on port \(Layout.fileServerPort).")
    }

    /// Everything around one site in an image of its own.
    static func whole(_ site: NginxSite, _ comment: String) -> String {
        NginxStatement.print([
            .comment(comment),
            .set("worker_processes", "auto"), .set("worker_rlimit_nofile", "4096"),
            .set("pid", "/tmp/nginx.pid"), .set("error_log", "/dev/stderr", "warn"),
            .blank, .block("events", [], [.set("worker_connections", "1024")]), .blank,
            .block("http", [], http + site.maps + [.blank, site.server]),
        ])
    }

    // The longest name of a variable is made of a service's; 64 bytes hold 46 letters.
    private static let http: [NginxStatement] = [
        .set("include", "/etc/nginx/mime.types"), .set("default_type", "application/octet-stream"),
        .set("charset", "utf-8"), .blank,
        .directive(
            "log_format",
            [
                "json", "escape=json",
                #"{"time":"$time_iso8601","request_id":"$request_id","client":"$remote_addr","method":"$request_method","#
                    + #""uri":"$request_uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"#
                    + #""upstream":"$upstream_addr","agent":"$http_user_agent"}"#,
            ]), .set("access_log", "/dev/stdout", "json"), .blank, .set("sendfile", "on"), .set("tcp_nopush", "on"),
        .comment("Files of an image do not change while it runs."),
        .directive("open_file_cache", ["max=1000", "inactive=60s"]), .set("open_file_cache_valid", "60s"),
        .set("keepalive_timeout", "75s"), .set("client_header_timeout", "10s"), .set("client_body_timeout", "60s"),
        .set("variables_hash_bucket_size", "128"), .blank,
        .comment("The only folder that a process without root may write to in a read-only image."),
        .set("client_body_temp_path", "/tmp/client_body"), .set("proxy_temp_path", "/tmp/proxy"),
        .set("fastcgi_temp_path", "/tmp/fastcgi"), .set("uwsgi_temp_path", "/tmp/uwsgi"),
        .set("scgi_temp_path", "/tmp/scgi"), .blank,
    ]
}
