// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A health check that asks with what the image has anyway, and fails on every status but success.
///
/// 127.0.0.1 and not `localhost`, which is ::1 first on Alpine.
package struct HealthProbe: Sendable {
    /// What the image can run.
    enum Tool { case python, node, bun, deno, ruby, php, bash, wget }

    /// Seconds; the check's own timeout is a second longer.
    private static let timeout = 4

    let tool: Tool
    let port: UInt16
    /// The variable that moves the port.
    let variable: String?
    /// `nil` when only the port can be tried.
    let path: String?
    /// Whether to ask as a proxy with TLS does: Django sends everybody else to HTTPS, which nobody speaks here
    /// (docs.djangoproject.com/en/stable/ref/settings/#secure-ssl-redirect).
    var isForwarded = false

    var words: [String] {
        switch tool {
        case .python: ["python", "-c", python]
        case .node: ["node", "-e", node]
        case .bun: ["bun", "-e", fetch("process.env.\(variable ?? "")", exit: "process.exit")]
        case .deno: ["deno", "eval", fetch("Deno.env.get('\(variable ?? "")')", exit: "Deno.exit")]
        case .ruby: ["ruby", "-rsocket", "-rnet/http", "-e", ruby]
        case .php: ["php", "-r", php]
        case .bash: ["bash", "-c", bash]
        case .wget:
            path.map { ["wget", "-q", "-T", "\(Self.timeout)", "-O", "/dev/null", "http://127.0.0.1:\(port)\($0)"] }
                ?? ["nc", "-z", "127.0.0.1", "\(port)"]
        }
    }

    private var python: String {
        let place = variable.map { "os.environ.get('\($0)') or '\(port)'" } ?? "'\(port)'"
        guard let path else {
            return "import os, socket; socket.create_connection(('127.0.0.1', int(\(place))), \(Self.timeout)).close()"
        }
        // Without the handler a proxy of the environment would be asked instead.
        let address = "'http://127.0.0.1:' + (\(place)) + \(quoted(path))"
        let request = isForwarded ? "u.Request(\(address), headers={'X-Forwarded-Proto': 'https'})" : address
        return "import os, urllib.request as u; u.build_opener(u.ProxyHandler({}))"
            + ".open(\(request), timeout=\(Self.timeout))"
    }

    private var node: String {
        let place = variable.map { "process.env.\($0) || \(port)" } ?? "\(port)"
        guard let path else {
            return "require('net').connect(\(place), '127.0.0.1').on('connect', () => process.exit(0))"
                + ".on('error', () => process.exit(1))"
        }
        return "require('http').get({host: '127.0.0.1', port: \(place), path: \(quoted(path)), "
            + "timeout: \(Self.timeout)000}, r => process.exit(r.statusCode < 400 ? 0 : 1))"
            + ".on('timeout', () => process.exit(1)).on('error', () => process.exit(1))"
    }

    private func fetch(_ environment: String, exit: String) -> String {
        let place = variable == nil ? "\(port)" : "(\(environment) || \(port))"
        let path = quoted(path ?? "/")
        let good = self.path == nil ? "true" : "r.ok"
        return "fetch('http://127.0.0.1:' + \(place) + \(path), {signal: AbortSignal.timeout(\(Self.timeout)000)})"
            + ".then(r => \(exit)(\(good) ? 0 : 1), () => \(exit)(1))"
    }

    private var ruby: String {
        let place = variable.map { "(ENV['\($0)'] || \(port)).to_i" } ?? "\(port)"
        guard let path else { return "Socket.tcp('127.0.0.1', \(place), connect_timeout: \(Self.timeout)).close" }
        return "r = Net::HTTP.start('127.0.0.1', \(place), nil, open_timeout: \(Self.timeout), "
            + "read_timeout: \(Self.timeout)) { |h| h.get(\(quoted(path))) }; exit(r.code.to_i < 400 ? 0 : 1)"
    }

    private var php: String {
        let place = variable.map { "(getenv('\($0)') ?: \(port))" } ?? "\(port)"
        guard let path else {
            return "exit(@fsockopen('127.0.0.1', (int) \(place), $e, $m, \(Self.timeout)) ? 0 : 1);"
        }
        return "exit(@file_get_contents('http://127.0.0.1:' . \(place) . \(quoted(path)), false, "
            + "stream_context_create(['http' => ['timeout' => \(Self.timeout)]])) === false ? 1 : 0);"
    }

    private var bash: String {
        let place = variable.map { "${\($0):-\(port)}" } ?? "\(port)"
        guard let path else { return "exec 3<>/dev/tcp/127.0.0.1/\(place)" }
        return "exec 3<>/dev/tcp/127.0.0.1/\(place); printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' "
            + "\(ShellWord.quote(path)) >&3; read -r -t \(Self.timeout) _ status _ <&3; [[ \"$status\" == [23]?? ]]"
    }

    /// In single quotes, as all of these languages read it.
    private func quoted(_ text: String) -> String {
        "'" + text.swapping("\\", with: "\\\\").swapping("'", with: "\\'") + "'"
    }
}

extension HealthProbe {
    /// What the images that Slipway writes have.
    static func tool(for service: Service) -> Tool? {
        if service.role.isServedFromFiles { return .wget }
        if service.packageManager == "deno" { return .deno }
        switch service.language {
        case "python": return .python
        case "javascript", "typescript": return service.start?.hasPrefix("bun ") == true ? .bun : .node
        case "go": return .wget
        case "ruby": return .ruby
        case "php": return .php
        case "rust", "swift", "java", "kotlin", "csharp", "fsharp", "elixir": return .bash
        default: return nil
        }
    }
}
