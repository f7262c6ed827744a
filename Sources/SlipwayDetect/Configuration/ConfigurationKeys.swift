// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

/// The one table of keys: validation, schema and documentation all come from it.
package enum ConfigurationKeys {
    /// Below `services.NAME`.
    package static let service: [ConfigurationKey<Service>] = [
        .init("directory", .text, "Folder of the code, seen from the repository's root.", example: "backend") {
            $0.directory = PathText.normalized($1.text ?? ".") ?? "."
        },
        .init("role", .choice(Role.allCases.map(\.rawValue)), "What kind of process it is.", example: "backend") {
            $0.role = $1.text.flatMap(Role.init) ?? $0.role
        },
        .init("language", .text, "Language of the code, in lower case.", example: "python") { $0.language = $1.text },
        .init("languageVersion", .text, "Version of the language.", example: "\"3.12\"") {
            $0.languageVersion = $1.text
        },
        .init("framework", .text, "Framework, in lower case.", example: "fastapi") { $0.framework = $1.text },
        .init("packageManager", .text, "Tool that installs the dependencies.", example: "uv") {
            $0.packageManager = $1.text
        },
        .init("install", .text, "Command that installs the dependencies.", example: "pip install -r requirements.txt") {
            $0.install = $1.text
        },
        .init("build", .text, "Command that builds what runs or is served.", example: "npm run build") {
            $0.build = $1.text
        },
        .init("start", .text, "Command that starts the process.", example: "uvicorn app.main:app --port ${PORT:-8000}")
        {
            service, node in
            service.start = node.text
            let command = node.text.flatMap { ServerCommand.commands(in: $0).last }.flatMap { ServerCommand($0) }
            service.port = command?.port ?? service.port
            service.portVariable = command?.portVariable
            service.hostVariable = command?.hostVariable
        },
        .init(
            "release", .text, "Command that runs once for a release, before it starts: migrations.",
            example: "alembic upgrade head"
        ) { $0.release = $1.text },
        .init(
            "seed", .text, "Command that fills a development database, after `release`.", example: "python -m app.seed"
        ) {
            $0.seed = $1.text
        },
        .init("port", .port, "Port on which the process listens.", example: "8000") { service, node in
            service.port = node.int.flatMap { UInt16(exactly: $0) }
            guard let port = service.port, let variable = service.portVariable else { return }
            service.start = service.start?.replacingDefault(of: variable, with: String(port))
        },
        .init("portVariable", .text, "Variable that moves the port.", example: "PORT") { $0.portVariable = $1.text },
        .init("hostVariable", .text, "Variable that sets the address to bind.", example: "HOST") {
            $0.hostVariable = $1.text
        },
        .init("healthPath", .text, "Path that answers 2xx when the service can work.", example: "/health") {
            $0.healthPath = $1.text
        },
        .init(
            "smokePaths", .texts, "More paths that must answer below 400 before a release gets requests.",
            example: "[/, /api/orders]"
        ) {
            $0.smokePaths = $1.texts
        },
        .init("outputDirectory", .text, "Folder that the build leaves to be served.", example: "dist") {
            $0.outputDirectory = $1.text
        },
        .init("systemPackages", .texts, "Debian packages that the process needs.", example: "[libpq5]") {
            $0.systemPackages = ($1.texts ?? []).sorted()
        },
        .init("buildPackages", .texts, "Debian packages that only the installation needs.", example: "[gcc]") {
            $0.buildPackages = ($1.texts ?? []).sorted()
        },
        .init("writableDirectories", .texts, "Folders whose files must survive a restart.", example: "[uploads]") {
            $0.writableDirectories = ($1.texts ?? []).sorted()
        },
        .init(
            "writableFiles", .texts, "Files beside the code that the process writes; images keep them in `data`.",
            example: "[db.sqlite3]"
        ) {
            $0.writableFiles = $1.texts?.sorted()
        },
        .init(
            "publicFolders", .folders,
            "Paths with the folders whose files nginx or the edge serves, because the process does not.",
            example: "[/static=staticfiles]"
        ) {
            $0.publicFolders = $1.texts?.compactMap { PublicFolder($0) }.sorted { $0.text < $1.text }
        },
        .init("uses", .texts, "Resources and services that it needs.", example: "[db]") {
            $0.uses = ($1.texts ?? []).sorted()
        },
        .init("routes", .texts, "Path prefixes that belong to it.", example: "[/api]") {
            $0.routes = ($1.texts ?? []).sorted()
        },
        .init(
            "strippedRoutes", .texts, "Those of its routes that are taken off before it gets the request.",
            example: "[/api]"
        ) {
            $0.strippedRoutes = $1.texts?.sorted()
        },
        .init(
            "runtimeConfig", .text,
            "Script beside the pages that the container writes from its environment: window.env; see files.md.",
            example: "config.js"
        ) {
            $0.runtimeConfig = $1.text.flatMap { PathText.normalized(String($0.drop { $0 == "/" })) }
        },
        .init("singleInstance", .text, "Why there may be only one instance.", example: "jobs run inside the process") {
            $0.singleInstance = $1.text
        },
        .init("replicas", .count, "How many processes of it share the requests; 1.", example: "3") {
            $0.replicas = $1.int
        },
    ]

    /// Below `resources.NAME`.
    package static let resource: [ConfigurationKey<Resource>] = [
        .init("kind", .choice(Resource.Kind.allCases.map(\.rawValue)), "What it is.", example: "postgres") {
            $0.kind = $1.text.flatMap(Resource.Kind.init) ?? $0.kind
        },
        .init("version", .text, "Its major version.", example: "\"16\"") {
            ($0.version, $0.image) = ($1.text, nil)
        },
        .init("variable", .text, "Variable that carries its address.", example: "DATABASE_URL") {
            $0.variable = $1.text
        },
    ]

    /// Below `variables.NAME`; a plain value there is `value`.
    package static let variable: [ConfigurationKey<Variable>] = [
        .init("value", .text, "Its value; secrets belong in `slipway secret set` instead.", example: "info") { _, _ in
        },
        .init(
            "command", .text, "A command that prints its value, which is secret then.",
            example: "op read op://shop/api/key"
        ) {
            $0.secret = $1.text != nil || $0.secret
        },
        .init("default", .text, "Value when nobody gives one.", example: "info") { $0.default = $1.text },
        .init(
            "required", .boolean,
            "Whether the application does not start, or plainly does not work, without it.", example: "true"
        ) {
            $0.required = $1.bool ?? $0.required
        },
        .init("secret", .boolean, "Whether its value must never be shown.", example: "true") {
            $0.secret = $1.bool ?? $0.secret
        },
        .init("phase", .choice(["build", "run", "both"]), "When it is read.", example: "build") {
            $0.phase = $1.text.flatMap(Variable.Phase.init) ?? $0.phase
        },
        .init("services", .texts, "Services that read it.", example: "[server]") {
            $0.services = ($1.texts ?? []).sorted()
        },
        .init("purpose", .text, "What it is for.", example: "signs sessions") { $0.purpose = $1.text },
    ]

    /// Key that leaves out a detected service or resource.
    static let enabled = "enabled"
    /// Top-level keys of the file and of an environment.
    static let layer = ["name", "services", "resources", "variables", edgeName, backupName]
    static let environments = "environments"
    /// What `slipway check` is to do differently.
    static let check = "check"
    static let checkKeys = ["rules", "ignore", "baseline", "trusted-registries", "labels", "only-labels"]
}
