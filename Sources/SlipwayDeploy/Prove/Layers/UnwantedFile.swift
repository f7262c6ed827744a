// SPDX-License-Identifier: Apache-2.0

/// Files that have no business in an image, by what they are.
enum UnwantedFile {
    /// - Returns: What the path is, or `nil` for one that may be there.
    static func kind(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return nil }
        let isDependency =
            path.contains("/site-packages/") || path.contains("/dist-packages/")
            || path.contains("node_modules/")
        if parts.contains(".git"), !isDependency { return "git's own data" }
        if isDotenv(name), !isDependency { return "a file of variables" }
        if path.hasPrefix("root/.npm/") || path.contains("/.npm/_cacache/") { return "npm's cache" }
        if path.contains(".cache/pip/") { return "pip's cache" }
        if path.contains(".cache/uv/") { return "uv's cache" }
        if path.hasPrefix("var/lib/apt/lists/"), name != "lock", parts.count > 4 { return "apt's package lists" }
        if path.hasPrefix("var/cache/apt/archives/"), name.hasSuffix(".deb") { return "apt's downloads" }
        if path.hasPrefix("var/cache/apk/"), name.hasPrefix("APKINDEX") { return "apk's cache" }
        if name == ".slipway-canary" || name.hasPrefix("slipway-canary") {
            return "a folder that .dockerignore should keep out (\(parts.dropLast().suffix(2).joined(separator: "/")))"
        }
        if path.contains("node_modules/"), let tool = developmentTool(parts) {
            return "a development dependency (\(tool))"
        }
        if let tool = pythonDevelopmentTool(parts) { return "a development dependency (\(tool))" }
        if name == "id_rsa" || name == "id_ed25519" || name == "id_ecdsa" { return "an ssh key" }
        if name == ".npmrc" || name == ".pypirc" || name == ".netrc", !isDependency { return "a file of credentials" }
        return nil
    }

    private static func isDotenv(_ name: Substring) -> Bool {
        guard name == ".env" || name.hasPrefix(".env.") else { return false }
        return !["example", "sample", "template", "dist"].contains { name.hasSuffix($0) }
    }

    private static func developmentTool(_ parts: [Substring]) -> Substring? {
        guard let place = parts.lastIndex(of: "node_modules"), place + 1 < parts.count else { return nil }
        // The image's own package manager is not the application's.
        guard !parts.contains("npm") else { return nil }
        let tools: Set<Substring> = [
            "typescript", "eslint", "prettier", "jest", "vitest", "mocha", "nodemon", "ts-node", "webpack-dev-server",
            "vite", "playwright", "cypress",
        ]
        return tools.contains(parts[place + 1]) ? parts[place + 1] : nil
    }

    private static func pythonDevelopmentTool(_ parts: [Substring]) -> Substring? {
        guard let place = parts.lastIndex(where: { $0 == "site-packages" || $0 == "dist-packages" }),
            place + 1 < parts.count
        else { return nil }
        let tools: Set<Substring> = [
            "pytest", "_pytest", "black", "mypy", "ruff", "flake8", "pylint", "ipython", "IPython",
        ]
        return tools.contains(parts[place + 1]) ? parts[place + 1] : nil
    }
}
