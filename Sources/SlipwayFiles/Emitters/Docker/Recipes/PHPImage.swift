// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// PHP: Composer's packages, and Apache's image, which serves files and scripts by one process tree on one port.
struct PHPImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "php" }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let version = ComposerPHP(input).text
        let base = "php:\(version)"
        let extensions = PHPExtensions(input, version: version)
        var build = DockerStage("composer:2", name: "dependencies", comment: "The packages of composer.lock.")
        build.workdir(input.folder)
        let manifests = ["composer.json", "composer.lock", "symfony.lock"].filter(input.has).map {
            input.relative(input.path($0))
        }
        if !manifests.isEmpty {
            build.copy(manifests, to: "./")
            build.comment("The extensions are those of the last stage, not of this one.")
            build.run(
                ["composer install --no-dev --no-interaction --no-scripts --no-autoloader --ignore-platform-reqs"],
                mounts: ["type=cache,target=/tmp/cache"])
        }
        build.copy(["."], to: Layout.workingDirectory)
        if !manifests.isEmpty { build.run(["composer dump-autoload --optimize --no-dev --no-scripts"]) }

        var development = DockerStage("\(base)-cli", name: "development", comment: "Follows changes of the source.")
        extensions.install(in: &development)
        development.workdir(input.folder)
        development.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "dependencies")
        input.develop(&development)

        let assets = PHPAssets(input)
        var runtime = DockerStage("\(base)-apache", name: "runtime", comment: "What runs.")
        runtime.install(service.systemPackages)
        extensions.install(in: &runtime)
        input.addUser(&runtime)
        let port = input.layout.port(of: service) ?? Layout.conventionalPort
        let root = input.folder + (documentRoot(input).map { "/\($0)" } ?? "")
        runtime.comment("A port that needs no privilege, the application's own document root, and its rewrites.")
        runtime.run([
            "sed -ri 's!/var/www/html!\(root)!g' /etc/apache2/sites-available/*.conf /etc/apache2/apache2.conf",
            "printf '<Directory \(root)>\\nAllowOverride All\\nFallbackResource /index.php\\n</Directory>\\n' "
                + ">/etc/apache2/conf-enabled/application.conf",
            "sed -ri \"s!^Listen 80\\$!Listen \\${PORT}!\" /etc/apache2/ports.conf",
            "sed -ri \"s!:80>!:\\${PORT}>!\" /etc/apache2/sites-available/*.conf",
            "echo 'ServerName localhost' >/etc/apache2/conf-enabled/servername.conf", "a2enmod rewrite headers",
            "mv \"$PHP_INI_DIR/php.ini-production\" \"$PHP_INI_DIR/php.ini\"",
            "chown -R 1000:1000 /var/run/apache2 /var/log/apache2 /var/lock/apache2",
        ])
        runtime.workdir(input.folder)
        runtime.copy([Layout.workingDirectory], to: Layout.workingDirectory, from: "dependencies")
        if assets != nil {
            let files = input.folder + "/" + (documentRoot(input) ?? "public")
            runtime.copy(["\(files)/."], to: "\(files)/", from: "assets")
        }
        if service.framework == "symfony" { SymfonyAssets(input: input).build(in: &runtime) }
        let state = ["storage", "bootstrap/cache", "var", "writable"].filter { input.tree.hasDirectory(input.path($0)) }
        if !state.isEmpty {
            runtime.run(["chown -R 1000:1000 " + state.map { input.folder + "/" + $0 }.joined(separator: " ")])
        }
        if service.framework == "laravel", input.has("public/index.php"),
            LaravelFiles.use(below: service.directory, in: input.tree) != nil
        {
            runtime.comment("What people upload for everybody to see (php artisan storage:link).")
            runtime.run(["ln -sfn ../storage/app/public \(input.folder)/public/storage"])
        }
        if service.framework == "symfony" { SymfonyDefaults(input: input).set(in: &runtime) }
        finish(input, &runtime, port: port, scratch: state + (Self.made[service.framework ?? ""] ?? []))
        return [build] + (assets.map { [$0.stage(named: "assets")] } ?? []) + [development, runtime]
    }

    private func finish(_ input: ImageInput, _ stage: inout DockerStage, port: UInt16, scratch: [String]) {
        var service = input.service
        let isServer = service.role.listens
        if isServer { service.start = "apache2-foreground" }
        // Apache puts the variable into its configuration, so platforms that choose the port can.
        service.portVariable = isServer ? "PORT" : nil
        service.hostVariable = nil
        let image = Layout.Image(
            name: input.image.name, owner: service, services: input.image.services, context: input.image.context,
            dockerfile: input.image.dockerfile)
        ImageInput(layout: input.layout, image: image, tree: input.tree).finish(
            &stage, tool: .php, scratch: scratch)
    }

    /// Folders that a framework writes to. Laravel makes none of these itself, and stops where one is missing: "Please
    /// provide a valid cache path".
    private static let made = [
        "laravel": [
            "bootstrap/cache", "storage/framework/cache/data", "storage/framework/sessions", "storage/framework/views",
            "storage/logs",
        ],
        "symfony": ["var"], "codeigniter": ["writable/cache", "writable/logs", "writable/session", "writable/uploads"],
    ]

    private func documentRoot(_ input: ImageInput) -> String? {
        ["public", "web", "htdocs"].first { input.has("\($0)/index.php") }
    }
}
