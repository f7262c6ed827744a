// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// What addresses of one's own database say, and who waits for its tables.
struct DatabaseAddressTests {
    private static func files(
        _ services: [Service], _ variables: [Variable], tree: [String: String] = [:]
    ) -> [String: String] {
        let database = Resource(name: "db", kind: .postgres, variable: "DATABASE_URL")
        let input = EmitterInput(
            app: AppSpec(name: "app", services: services, resources: [database], variables: variables),
            tree: SourceTree(files: tree), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static func service(_ name: String, _ role: Role, _ language: String, build: String? = nil) -> Service {
        Service(
            name: name, directory: ".", role: role, language: language, install: "x", build: build, start: "./\(name)",
            release: role == .worker ? nil : "./migrate", port: role == .worker ? nil : 8000, uses: ["db"],
            routes: role == .worker ? [] : ["/"])
    }

    private static func address(_ query: String?) -> Variable {
        var variable = Variable(name: "DATABASE_URL", services: ["web"], required: true, secret: true)
        (variable.scheme, variable.query) = ("postgres", query)
        return variable
    }

    @Test(arguments: [
        ("sslmode=disable", "/app?sslmode=disable\n"),
        ("sslmode=require&pool_max_conns=4", "?sslmode=disable&pool_max_conns=4\n"),
        ("sslmode=prefer", "?sslmode=prefer\n"), ("sslrootcert=/a.pem&user=me", "/app\n"),
    ])
    func `what the code says behind its address is kept, as far as an own server has it`(_ query: String, _ end: String)
    {
        let files = Self.files([Self.service("web", .backend, "go")], [Self.address(query)])
        for name in ["docker-compose.yml", "docker-compose.prod.yml"] {
            let line = files[name]?.split(separator: "\n").first { $0.contains("DATABASE_URL:") } ?? ""
            #expect((line + "\n").hasSuffix(end), "\(name): \(line)")
        }
    }

    @Test func `a further database has a name of its own on the same server`() {
        var further = Variable(name: "CACHE_DATABASE_URL", services: ["web"], secret: true)
        further.furtherDatabase = "cache"
        let files = Self.files([Self.service("web", .backend, "ruby")], [Self.address(nil), further])
        let compose = files["docker-compose.prod.yml"] ?? ""
        #expect(compose.contains("@db:5432/app\n") && compose.contains("@db:5432/app_cache\n"), "\(compose)")
        #expect(files["render.yaml"]?.contains("- key: CACHE_DATABASE_URL\n        sync: false") == true)
    }

    @Test func `a worker with an image of its own waits for the migration of the database it works on`() {
        let web = Self.service("web", .backend, "go", build: "go build ./web")
        let worker = Self.service("worker", .worker, "go", build: "go build ./worker")
        let compose = ComposeFile(parsing: Self.files([web, worker], [])["docker-compose.prod.yml"] ?? "")
        let waiting = compose.services.first { $0.name == "worker" }
        let waits = waiting?.dependencies.map { $0.service } ?? []
        #expect(waits.contains("migrate"), "\(waits)")
    }

    @Test func `the public disk of Laravel is linked where browsers look for it`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "php", framework: "laravel",
            start: "php artisan serve", port: 8000)
        let tree = [
            "composer.json": "{}", "public/index.php": "",
            "app/Photos.php": "Storage::disk('public')->put($name, $file);",
        ]
        let image = Self.files([web], [], tree: tree)["Dockerfile"] ?? ""
        #expect(image.contains("ln -sfn ../storage/app/public /app/public/storage"), "\(image)")
    }

    @Test func `a mode of the application's own is production's where visitors come`() {
        var mode = Variable(name: "STAGE", services: ["web"], default: "dev")
        mode.production = "prod"
        let files = Self.files([Self.service("web", .backend, "go")], [mode])
        #expect(files["docker-compose.prod.yml"]?.contains("STAGE: ${STAGE:-prod}") == true)
        #expect(files["docker-compose.dev.yml"]?.contains("STAGE: ${STAGE:-prod}") == false)
    }

    @Test func `a Rails build makes up no master key`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails",
            build: "bundle exec rails assets:precompile", start: "bundle exec puma", port: 3000)
        let variables = ["RAILS_MASTER_KEY", "STRIPE_KEY"].map {
            Variable(name: $0, services: ["web"], required: true, secret: true)
        }
        let image = Self.files([web], variables, tree: ["Gemfile": "gem \"rails\""])["Dockerfile"] ?? ""
        #expect(image.contains("SECRET_KEY_BASE_DUMMY=1 STRIPE_KEY=only-for-the-build bundle"), "\(image)")
    }
}
