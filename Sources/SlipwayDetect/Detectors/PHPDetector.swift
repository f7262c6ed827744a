// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// PHP code bases: Laravel, Symfony, other Composer projects, and plain PHP.
struct PHPDetector: Detector {
    let name = "php"
    let account = DetectorAccount(
        recognises:
            "Laravel, Symfony, CodeIgniter, Slim, other Composer projects, plain PHP; queue workers.",
        reads: [
            "composer.json", "artisan, bin/console, the document root", "migrations", "the drivers in .env templates",
            "queued jobs, scheduled tasks, message handlers",
        ],
        confidence: "70 to 90 %, 50 % for plain pages")

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let projects = tree.files(named: "composer.json").flatMap { composer(tree, $0.path) }
        if !projects.isEmpty { return projects }
        return tree.files(named: "index.php").prefix(1).flatMap { plain(tree, $0) }
    }

    private func composer(_ tree: SourceTree, _ path: String) -> [Evidence] {
        guard let text = tree.text(path), let root = JSONDocument(parsing: text).root else { return [] }
        let directory = path.parentDirectory
        let requires = (root["require"]?.mapping?.entries ?? []).map { (name: $0.key, line: $0.line) }
        func line(_ name: String) -> Int? { requires.first { $0.name == name }?.line }
        let hasLaravel = tree.contains(directory.appending(path: "artisan"))
        let hasSymfony = tree.contains(directory.appending(path: "bin/console"))
        let publicIndex = ["public/index.php", "web/index.php", "www/index.php", "index.php"]
            .first { tree.contains(directory.appending(path: $0)) }
        let framework: (String, Int)?
        if hasLaravel, let line = line("laravel/framework") ?? line("laravel/lumen-framework") {
            framework = ("laravel", line)
        } else if hasSymfony, let line = line("symfony/framework-bundle") ?? line("symfony/runtime") {
            framework = ("symfony", line)
        } else if let line = line("codeigniter4/framework") {
            framework = ("codeigniter", line)
        } else if let line = line("slim/slim") {
            framework = ("slim", line)
        } else {
            framework = nil
        }
        // A Composer library has no document root, and nothing starts it.
        guard let document = publicIndex, framework != nil || root["type"]?.string != "library" else { return [] }
        let name = framework?.0 ?? "php"
        var web = Testimony(Subject(directory, Subject.web))
        web.say(.role(.backend), file: path, line: framework?.1, "requires \(name)", Confidence.dependency)
        web.say(.framework(name), file: path, line: framework?.1, "requires \(name)")
        describe(&web, path, root)
        let folder = document.parentDirectory
        web.say(.start(start(name, folder)), file: directory.appending(path: document), "document root")
        web.say(.port(8000), file: path, "PHP server's usual port", Confidence.convention)
        for entry in root["scripts"]?.mapping?.entries ?? [] {
            guard let text = entry.value.texts?.first(where: { $0.contains("php -S ") }),
                let address = text.split(separator: " ").first(where: { $0.contains(":") }),
                let port = address.split(separator: ":").last.flatMap({ UInt16($0) })
            else { continue }
            web.say(.port(port), file: path, line: entry.line, text, 0.6)
            break
        }
        if name == "laravel", tree.hasDirectory(directory.appending(path: "database/migrations")) {
            web.say(.release("php artisan migrate --force"), file: path, "Laravel migrations")
        } else if name == "symfony", line("doctrine/doctrine-migrations-bundle") != nil {
            web.say(
                .release("php bin/console doctrine:migrations:migrate --no-interaction"), file: path,
                line: line("doctrine/doctrine-migrations-bundle"), "Doctrine migrations")
        }
        let isCodeIgniter = name == "codeigniter" && tree.contains(directory.appending(path: "spark"))
        if isCodeIgniter {
            // https://codeigniter.com/user_guide/dbmgmt/migration.html#command-line-tools
            if tree.files(under: directory.appending(path: "app/Database/Migrations")).contains(where: {
                $0.name.hasSuffix(".php")
            }) {
                web.say(
                    .release("php spark migrate --all"), file: path, line: line("codeigniter4/framework"), "migrations")
            }
            web.say(
                .writableDirectory("writable/uploads"), file: path, "CodeIgniter's folder for what users upload",
                Confidence.convention)
        }
        if name != "laravel", name != "symfony", !isCodeIgniter {
            if let line = line("doctrine/migrations") {
                web.say(
                    .release("vendor/bin/doctrine-migrations migrations:migrate --no-interaction"), file: path,
                    line: line, "requires doctrine/migrations", 0.6)
            } else if let line = line("robmorgan/phinx") {
                web.say(.release("vendor/bin/phinx migrate"), file: path, line: line, "requires robmorgan/phinx", 0.6)
            }
        }
        if name == "laravel" {
            web.say(paths: LaravelRoutes.paths(in: tree, directory: directory))
            if let file = LaravelFiles.use(below: directory, in: tree) {
                web.say(.path(LaravelFiles.path), file: file, "files of the disk public")
            }
            // Where a page of another address asks for its first cookie (laravel.com/docs/sanctum).
            if let line = line("laravel/sanctum") {
                web.say(.path("/sanctum/csrf-cookie"), file: path, line: line, "requires laravel/sanctum")
            }
            web.say(
                .writableDirectory("storage/app"), file: path, "Laravel's folder for what users upload",
                Confidence.convention)
            if tree.text(directory.appending(path: "bootstrap/app.php"))?.contains("health: '/up'") == true {
                web.say(.healthPath("/up"), file: directory.appending(path: "bootstrap/app.php"), "health route")
            }
        }
        let kinds = databases(tree, directory, requires.map(\.name))
        for kind in kinds { web.say(.needs(kind), file: path, "database settings", Confidence.toolFile) }
        let scheduled = name == "laravel" ? scheduler(directory, path, root, kinds, tree) : []
        guard let (command, file, why) = queue(name, directory, line, tree) else { return web.evidence + scheduled }
        var worker = Testimony(Subject(directory, "worker"))
        worker.say(.role(.worker), file: file, why, Confidence.dependency)
        worker.say(.framework(name), file: file, why)
        describe(&worker, path, root)
        worker.say(.start(StartCommand(command)), file: file, why)
        for kind in kinds { worker.say(.needs(kind), file: path, "database settings", Confidence.toolFile) }
        return web.evidence + worker.evidence + scheduled
    }

    /// What starts Laravel's scheduled tasks, where the code schedules any (laravel.com/docs/scheduling).
    private func scheduler(
        _ directory: String, _ manifest: String, _ root: DataNode, _ kinds: [Resource.Kind], _ tree: SourceTree
    ) -> [Evidence] {
        let places = [
            ("routes/console.php", "Schedule::"), ("bootstrap/app.php", "$schedule->"),
            ("app/Console/Kernel.php", "$schedule->"),
        ]
        for (name, call) in places {
            let file = directory.appending(path: name)
            let lines = (tree.text(file) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            guard let index = lines.firstIndex(where: { $0.drop { $0 == " " || $0 == "\t" }.hasPrefix(call) }) else {
                continue
            }
            var said = Testimony(Subject(directory, "scheduler"))
            said.say(.role(.worker), file: file, line: index + 1, "a scheduled task", Confidence.dependency)
            said.say(.framework("laravel"), file: file, line: index + 1, "a scheduled task")
            describe(&said, manifest, root)
            said.say(.start(StartCommand("php artisan schedule:work")), file: file, line: index + 1, "a scheduled task")
            said.say(
                .singleInstance("a second scheduler would run every task twice"), file: file, line: index + 1,
                "a scheduled task")
            for kind in kinds { said.say(.needs(kind), file: manifest, "database settings", Confidence.toolFile) }
            return said.evidence
        }
        return []
    }

    /// What works off the jobs that the code puts into a queue.
    private func queue(
        _ framework: String, _ directory: String, _ line: (String) -> Int?, _ tree: SourceTree
    ) -> (command: String, file: String, why: String)? {
        let manifest = directory.appending(path: "composer.json")
        if framework == "laravel" {
            if line("laravel/horizon") != nil { return ("php artisan horizon", manifest, "requires laravel/horizon") }
            let template = tree.text(directory.appending(path: ".env.example")) ?? ""
            let isQueued = template.split(separator: "\n").contains {
                ($0.hasPrefix("QUEUE_CONNECTION=") || $0.hasPrefix("QUEUE_DRIVER=")) && !$0.contains("=sync")
            }
            let job = tree.files(under: directory.appending(path: "app/Jobs")).first {
                tree.text($0.path)?.contains("ShouldQueue") == true
            }
            guard isQueued, let job else { return nil }
            return ("php artisan queue:work --tries=3", job.path, "a job that is queued")
        }
        let settings = directory.appending(path: "config/packages/messenger.yaml")
        guard framework == "symfony", line("symfony/messenger") != nil,
            let text = tree.text(settings), text.contains("routing:"), text.contains(": async"),
            let handler = tree.files(under: directory.appending(path: "src/MessageHandler")).first
        else { return nil }
        return ("php bin/console messenger:consume async --time-limit=3600", handler.path, "a message handler")
    }

    private func describe(_ say: inout Testimony, _ path: String, _ root: DataNode) {
        say.say(.language("php"), file: path, "composer.json")
        say.say(.packageManager("composer"), file: path, "composer.json")
        say.say(
            .install("composer install --no-dev --optimize-autoloader --no-interaction"), file: path, "composer.json",
            Confidence.dependency)
        if let node = root["require"]?["php"], let text = node.string {
            let version = text.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
            if !version.isEmpty {
                let short = version.split(separator: ".").prefix(2).joined(separator: ".")
                // Most requirements are the oldest version that will do; an image says which one it is.
                let isExact = text.first?.isNumber == true || text.hasPrefix("~") && text.contains { $0 == "." }
                say.say(
                    .languageVersion(short), file: path, line: node.line, "requires php \(text)",
                    isExact ? Confidence.stated : Confidence.dependency)
            }
        }
    }

    private func start(_ framework: String, _ folder: String) -> StartCommand {
        let text =
            framework == "laravel"
            ? "php artisan serve --host=${HOST:-0.0.0.0} --port=${PORT:-8000}"
            : "php -S ${HOST:-0.0.0.0}:${PORT:-8000} -t \(folder)"
        return StartCommand(text, portVariable: "PORT", hostVariable: "HOST")
    }

    /// What `.env.example` connects to, else what the required extensions say.
    private func databases(_ tree: SourceTree, _ directory: String, _ requires: [String]) -> [Resource.Kind] {
        var kinds: [Resource.Kind] = []
        let template =
            [".env.example", ".env.dist", ".env"].lazy.compactMap { tree.text(directory.appending(path: $0)) }.first
            ?? ""
        let drivers: [(String, Resource.Kind)] = [
            ("DB_CONNECTION=pgsql", .postgres), ("DB_CONNECTION=mysql", .mysql), ("DB_CONNECTION=mariadb", .mariadb),
            ("DB_CONNECTION=sqlite", .sqlite), ("DATABASE_URL=\"postgresql:", .postgres),
            ("DATABASE_URL=\"mysql:", .mysql),
            ("DATABASE_URL=postgresql:", .postgres), ("DATABASE_URL=mysql:", .mysql),
            ("DATABASE_URL=\"postgres:", .postgres), ("DATABASE_URL=postgres:", .postgres),
            ("DATABASE_URL=\"pgsql:", .postgres), ("DATABASE_URL=pgsql:", .postgres),
            ("DATABASE_URL=\"mariadb:", .mariadb), ("DATABASE_URL=mariadb:", .mariadb),
            ("DATABASE_URL=\"sqlite:", .sqlite), ("DATABASE_URL=sqlite:", .sqlite),
            ("MONGODB_URL=", .mongodb), ("MONGODB_URI=", .mongodb), ("DB_CONNECTION=mongodb", .mongodb),
            ("CACHE_DRIVER=redis", .redis), ("CACHE_STORE=redis", .redis), ("SESSION_DRIVER=redis", .redis),
            ("QUEUE_CONNECTION=redis", .redis), ("BROADCAST_DRIVER=redis", .redis),
            ("MESSENGER_TRANSPORT_DSN=redis:", .redis), ("MESSENGER_TRANSPORT_DSN=amqp:", .rabbitmq),
        ]
        let lines = template.split(separator: "\n").map { $0.filter { $0 != " " && $0 != "'" } }
        for (prefix, kind) in drivers where lines.contains(where: { $0.hasPrefix(prefix) }) && !kinds.contains(kind) {
            kinds.append(kind)
        }
        // The dump that Laravel's `schema:dump` leaves has the name of the connection.
        if Set([Resource.Kind.postgres, .mysql, .mariadb, .sqlite]).isDisjoint(with: kinds) {
            for (name, kind) in [("pgsql", Resource.Kind.postgres), ("mysql", .mysql), ("mariadb", .mariadb)]
            where tree.contains(directory.appending(path: "database/schema/\(name)-schema.sql"))
                || tree.contains(directory.appending(path: "database/schema/\(name)-schema.dump"))
            {
                kinds.append(kind)
            }
        }
        // Without a template, what Laravel's own settings fall back on.
        if Set([Resource.Kind.postgres, .mysql, .mariadb, .sqlite]).isDisjoint(with: kinds),
            let settings = tree.text(directory.appending(path: "config/database.php"))
        {
            for (name, kind) in [("mysql", Resource.Kind.mysql), ("pgsql", .postgres), ("mariadb", .mariadb)]
            where settings.contains("env('DB_CONNECTION', '\(name)')") { kinds.append(kind) }
        }
        if kinds.isEmpty, requires.contains("ext-pdo_pgsql") || requires.contains("ext-pgsql") {
            kinds.append(.postgres)
        }
        if kinds.isEmpty, requires.contains("ext-pdo_mysql") || requires.contains("ext-mysqli") { kinds.append(.mysql) }
        if !kinds.contains(.redis), requires.contains("predis/predis") || requires.contains("ext-redis") {
            kinds.append(.redis)
        }
        if !kinds.contains(.mongodb),
            requires.contains(where: {
                ["mongodb/laravel-mongodb", "mongodb/mongodb", "doctrine/mongodb-odm-bundle"].contains($0)
            })
        {
            kinds.append(.mongodb)
        }
        if !kinds.contains(.rabbitmq), requires.contains("php-amqplib/php-amqplib") { kinds.append(.rabbitmq) }
        let databases: Set<Resource.Kind> = [.postgres, .mysql, .mariadb, .sqlite, .mongodb]
        return !databases.isDisjoint(with: kinds)
            ? kinds : kinds + [PHPConnections.first(in: tree, directory)].compactMap(\.self)
    }

    private func plain(_ tree: SourceTree, _ entry: SourceTree.Entry) -> [Evidence] {
        var web = Testimony(Subject(entry.directory, Subject.web))
        web.say(.role(.backend), file: entry.path, "PHP page", Confidence.convention)
        web.say(.language("php"), file: entry.path, "PHP page")
        web.say(.framework("php"), file: entry.path, "PHP page", Confidence.convention)
        web.say(.start(start("php", ".")), file: entry.path, "document root", Confidence.convention)
        web.say(.port(8000), file: entry.path, "PHP server's usual port", Confidence.convention)
        if let kind = PHPConnections.first(in: tree, entry.directory) {
            web.say(.needs(kind), file: entry.path, "a connection in the code", Confidence.dependency)
        }
        return web.evidence
    }
}
