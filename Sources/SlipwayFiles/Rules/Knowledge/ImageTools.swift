// SPDX-License-Identifier: Apache-2.0

/// Which programs are in well-known images; silent about all others.
enum ImageTools {
    /// Images without curl; their Alpine variants have BusyBox's wget, the Debian ones neither.
    private static let known: Set<String> = [
        "python", "node", "postgres", "redis", "valkey", "mysql", "mariadb", "golang", "openjdk", "eclipse-temurin",
        "rabbitmq", "memcached", "debian", "ubuntu", "alpine", "nginx", "httpd", "adminer", "mongo",
    ]
    /// Debian images of these languages that are not slim are built on buildpack-deps, which has curl and wget.
    private static let buildpacks: Set<String> = ["python", "node", "golang", "ruby", "openjdk"]

    /// Whether the image certainly has no such program.
    static func lacks(_ tool: String, _ image: String) -> Bool {
        let image = ImageName(image)
        guard image.registry.isEmpty || image.registry == "docker.io", !image.repository.contains("/"),
            known.contains(image.name)
        else { return false }
        let isSlim = image.tag?.contains("slim") == true
        switch tool {
        case "curl":
            if image.isAlpine { return image.name != "nginx" }
            if image.name == "nginx" || image.name == "eclipse-temurin" { return false }
            return isSlim || !buildpacks.contains(image.name)
        case "wget":
            if image.isAlpine { return false }
            return isSlim
                || ["postgres", "redis", "mysql", "mariadb", "debian", "ubuntu", "nginx"].contains(image.name)
        default: return false
        }
    }

    /// What to type instead.
    static func advice(for tool: String, _ image: String) -> String {
        switch ImageName(image).name {
        case "postgres": return "write: pg_isready -U postgres"
        case "redis", "valkey": return "write: redis-cli ping"
        case "python":
            return "write: python -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:PORT/PATH')\""
        case "node":
            return "write: node -e \"fetch('http://127.0.0.1:PORT/PATH').then(r => process.exit(r.ok ? 0 : 1))\""
        default:
            return ImageName(image).isAlpine ? "write: wget -qO /dev/null URL" : "install it in the image's Dockerfile"
        }
    }
}
