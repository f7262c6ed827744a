// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Parts of a database's address under names that say nothing.
struct DatabasePartsTests {
    private static func files(_ resources: [Resource]) -> [String: String] {
        func variable(_ name: String, _ part: ResourcePart, secret: Bool = false) -> Variable {
            var variable = Variable(name: name, services: ["web"], required: true, secret: secret)
            variable.part = part
            return variable
        }
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "python", framework: "django",
            install: "pip install -r requirements.txt", build: "python manage.py collectstatic --noinput",
            start: "gunicorn shop.wsgi --bind 0.0.0.0:${PORT:-8000}", port: 8000, portVariable: "PORT",
            uses: resources.map(\.name), routes: ["/"])
        let input = EmitterInput(
            app: AppSpec(
                name: "shop", services: [web], resources: resources,
                variables: [
                    variable("STORE_ENGINE", .engine), variable("STORE_AT", .host), variable("STORE_DOOR", .port),
                    variable("STORE_WHO", .user), variable("STORE_WORD", .password, secret: true),
                    variable("STORE", .database),
                ]),
            tree: SourceTree(files: ["requirements.txt": "django", "manage.py": ""]))
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    @Test(arguments: [(Resource.Kind.postgres, "postgresql", "5432"), (.mysql, "mysql", "3306")])
    func `each is given by the one who starts the server`(_ kind: Resource.Kind, engine: String, port: String) {
        let files = Self.files([Resource(name: "db", kind: kind)])
        let compose = files["docker-compose.prod.yml"] ?? ""
        for line in [
            "STORE_ENGINE: django.db.backends.\(engine)", "STORE_AT: db", "STORE_DOOR: \"\(port)\"",
        ] {
            #expect(compose.contains(line), "\(line) in \(compose)")
        }
        #expect(!compose.contains("set STORE_"))
        let image = files["Dockerfile"] ?? ""
        #expect(image.contains("STORE_ENGINE=django.db.backends.\(engine)"), "\(image)")
        #expect(!image.contains("only-for-the-build"))
        #expect(files[".env.production.example"]?.contains("STORE_ENGINE") != true)
    }

    @Test func `an engine of nobody's loads while the image is built`() {
        let image = Self.files([])["Dockerfile"] ?? ""
        #expect(image.contains("STORE_ENGINE=django.db.backends.sqlite3"), "\(image)")
    }
}
