// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Ruby code bases with a Gemfile: Rails, Sinatra and other Rack applications, and their Sidekiq workers.
struct RubyDetector: Detector {
    let name = "ruby"
    let account = DetectorAccount(
        recognises:
            "Rails, Sinatra, Roda, Hanami, Grape and other Rack applications, with Sidekiq, Good Job, Resque, Delayed Job or Solid Queue.",
        reads: ["Gemfile", "config.ru, config/application.rb", "config/routes.rb", "config/puma.rb", "db/migrate"],
        confidence: "90 %")

    private static let resources: [(dependency: String, kind: Resource.Kind)] = [
        ("pg", .postgres), ("mysql2", .mysql), ("trilogy", .mysql), ("sqlite3", .sqlite), ("mongoid", .mongodb),
        ("redis", .redis), ("sidekiq", .redis), ("resque", .redis), ("bunny", .rabbitmq), ("aws-sdk-s3", .s3),
        ("dalli", .memcached), ("meilisearch-rails", .meilisearch), ("meilisearch", .meilisearch),
        ("elasticsearch", .elasticsearch), ("searchkick", .elasticsearch),
    ]

    /// Gems that add to the task assets:precompile.
    private static let pipelines = [
        "sprockets", "sprockets-rails", "propshaft", "vite_rails", "jsbundling-rails", "cssbundling-rails",
        "importmap-rails", "tailwindcss-rails", "dartsass-rails", "sass-rails", "sassc-rails", "webpacker",
        "shakapacker",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let bundled = tree.files(named: "Gemfile").flatMap { entry -> [Evidence] in
            guard let gems = Gemfile(tree, path: entry.path) else { return [] }
            return evidence(of: gems, in: repository)
        }
        let bare = tree.files(named: "config.ru").filter { entry in
            PathText.ancestors(of: entry.directory).allSatisfy { !tree.contains($0.appending(path: "Gemfile")) }
        }
        return bundled + bare.flatMap { rackup($0, in: tree) }
    }

    /// A Rack application without a Gemfile.
    private func rackup(_ entry: SourceTree.Entry, in tree: SourceTree) -> [Evidence] {
        var web = Testimony(Subject(entry.directory, Subject.web))
        let code = CodeBase(tree, directory: entry.directory, extensions: ["rb", "ru"])
        let isSinatra = code.contains("require 'sinatra") || code.contains("require \"sinatra")
        web.say(.role(.backend), file: entry.path, "Rack's start file")
        web.say(.language("ruby"), file: entry.path, "Rack's start file")
        web.say(.framework(isSinatra ? "sinatra" : "rack"), file: entry.path, "what it requires", Confidence.dependency)
        let command = "rackup -o ${HOST:-0.0.0.0} -p ${PORT:-9292}"
        web.say(
            .start(StartCommand(command, portVariable: "PORT", hostVariable: "HOST")), file: entry.path,
            "how Rack starts")
        web.say(.port(9292), file: entry.path, "Rack's default", Confidence.convention)
        return web.evidence
    }

    private func evidence(of gems: Gemfile, in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let directory = gems.directory
        let rails = gems.line(of: "rails").map { ("rails", $0) } ?? gems.line(of: "railties").map { ("rails", $0) }
        let rackup = directory.appending(path: "config.ru")
        let other = ["sinatra", "hanami", "roda", "grape", "rack"].lazy.compactMap { gem in
            gems.line(of: gem).map { (gem, $0) }
        }.first
        let isRails = rails != nil && tree.contains(directory.appending(path: "config/application.rb"))
        if !isRails, !tree.contains(rackup), let line = gems.line(of: "sinatra") {
            return program(gems, line, in: repository)
        }
        guard isRails || (tree.contains(rackup) && (other != nil || rails != nil)) else { return [] }
        guard let (framework, line) = isRails ? rails : (other ?? rails) else { return [] }
        var web = Testimony(Subject(directory, Subject.web))
        web.say(.role(.backend), file: gems.path, line: line, "requires \(framework)")
        web.say(.framework(framework), file: gems.path, line: line, "requires \(framework)")
        describe(&web, gems)
        web.say(.start(start(gems, isRails: isRails)), file: gems.path, line: line, "how \(framework) starts")
        web.say(.port(isRails ? 3000 : 9292), file: gems.path, "\(framework)'s default", Confidence.convention)
        if let puma = PumaListening(tree, directory: directory) {
            web.say(.port(puma.port), file: puma.file, line: puma.line, "Puma's configuration", Confidence.toolFile)
        }
        if isRails {
            sayBuild(&web, gems, in: tree)
            let production = RailsProduction(tree: tree, directory: directory)
            let hasMigrations = tree.hasDirectory(directory.appending(path: "db/migrate"))
            if hasMigrations, !production.isPrepared {
                web.say(.release("bundle exec rails db:migrate"), file: gems.path, "db/migrate")
            } else if hasMigrations {
                web.say(
                    .release("bundle exec rails db:prepare"), file: directory.appending(path: "config/database.yml"),
                    "several databases, or what bin/docker-entrypoint does")
            } else if tree.contains(directory.appending(path: "db/schema.rb")) {
                web.say(.release("bundle exec rails db:prepare"), file: gems.path, "db/schema.rb")
            }
            web.say(paths: RailsRoutes.paths(in: tree, directory: directory))
            sayUploads(&web, production)
        } else {
            sayRake(&web, gems, in: tree)
        }
        web.say(resources: Self.resources, among: gems.gems, file: gems.path)
        return web.evidence + worker(gems, in: repository)
    }

    /// Sinatra starts its own server when the file itself is run, and takes `-o` and `-p` (sinatra/main.rb).
    private func program(_ gems: Gemfile, _ line: Int, in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let code = CodeBase(tree, directory: gems.directory, extensions: ["rb"])
        let file = code.files.filter {
            $0.path.parentDirectory == gems.directory
                && ($0.text.contains("require 'sinatra'") || $0.text.contains("require \"sinatra\""))
        }.first
        guard let file else { return [] }
        var web = Testimony(Subject(gems.directory, Subject.web))
        web.say(.role(.backend), file: file.path, "a Sinatra program")
        web.say(.framework("sinatra"), file: gems.path, line: line, "requires sinatra")
        describe(&web, gems)
        let command = "bundle exec ruby \(file.path.lastPathComponent) -o ${HOST:-0.0.0.0} -p ${PORT:-4567}"
        web.say(
            .start(StartCommand(command, portVariable: "PORT", hostVariable: "HOST")), file: file.path,
            "Sinatra starts its own server")
        web.say(.port(4567), file: file.path, "Sinatra's default", Confidence.convention)
        var paths: [(String, CodeLine)] = []
        for line in CodeLine.lines(of: file) {
            if line.text.hasPrefix("set :port,"),
                let port = line.text.split(whereSeparator: { !$0.isNumber }).lazy.compactMap({ UInt16($0) }).first
            {
                web.say(.port(port), at: line, "set :port")
            }
            let verb = line.text.prefix { $0.isLetter }
            if ["get", "post", "put", "delete", "patch"].contains(verb), let path = line.literals.first,
                path.hasPrefix("/"), path != "/"
            {
                paths.append((path, line))
            }
        }
        web.say(paths: paths)
        sayRake(&web, gems, in: tree)
        web.say(resources: Self.resources, among: gems.gems, file: gems.path)
        return web.evidence + worker(gems, in: repository)
    }

    private func sayBuild(_ say: inout Testimony, _ gems: Gemfile, in tree: SourceTree) {
        let manifest = gems.directory.appending(path: "app/assets/config/manifest.js")
        guard Self.pipelines.contains(where: gems.has) || tree.contains(manifest) else { return }
        say.say(.build("bundle exec rails assets:precompile"), file: gems.path, "asset pipeline")
    }

    private func sayUploads(_ say: inout Testimony, _ production: RailsProduction) {
        guard let found = production.uploads else { return }
        say.say(
            .writableDirectory(found.folder), file: found.file, line: found.line,
            "Active Storage keeps uploads on the disk")
    }

    /// ActiveRecord without Rails brings its migrations as tasks of Rake.
    private func sayRake(_ say: inout Testimony, _ gems: Gemfile, in tree: SourceTree) {
        let library = ["sinatra-activerecord", "standalone_migrations", "otr-activerecord", "rake"].first(
            where: gems.has)
        guard let library, tree.hasDirectory(gems.directory.appending(path: "db/migrate")) else { return }
        say.say(
            .release("bundle exec rake db:migrate"), file: gems.path, line: gems.line(of: library), "db/migrate",
            Confidence.dependency)
    }

    private func describe(_ say: inout Testimony, _ gems: Gemfile) {
        say.say(.language("ruby"), file: gems.path, "Gemfile")
        say.say(.packageManager("bundler"), file: gems.path, "Gemfile")
        say.say(.install("bundle install"), file: gems.path, "Gemfile", Confidence.dependency)
        if let (version, place) = gems.version {
            say.say(.languageVersion(version), file: place.file, line: place.line, "Ruby version", Confidence.stated)
        }
    }

    private func start(_ gems: Gemfile, isRails: Bool) -> StartCommand {
        let text: String
        if isRails, !gems.has("puma") {
            text = "bundle exec rails server -b ${HOST:-0.0.0.0} -p ${PORT:-3000}"
        } else if gems.has("puma") {
            text = "bundle exec puma -b tcp://${HOST:-0.0.0.0}:${PORT:-\(isRails ? 3000 : 9292)}"
        } else {
            text = "bundle exec rackup -o ${HOST:-0.0.0.0} -p ${PORT:-9292}"
        }
        return StartCommand(text, portVariable: "PORT", hostVariable: "HOST")
    }

    /// Rails 8 brings Solid Queue to everyone; Puma runs it unless there is a separate process.
    private func runsAlone(_ gems: Gemfile, in tree: SourceTree) -> Bool {
        let lines = (tree.text(gems.directory.appending(path: "config/puma.rb")) ?? "").split(separator: "\n")
        let plugin = lines.first { $0.has("plugin :solid_queue") }
        guard let plugin else { return true }
        // Only with a variable, and then somebody's own jobs are what starts it.
        let hasJobs =
            tree.contains(gems.directory.appending(path: "bin/jobs"))
            && (tree.contains(gems.directory.appending(path: "config/recurring.yml"))
                || tree.hasDirectory(gems.directory.appending(path: "app/jobs")))
        return plugin.has(" if ") && hasJobs
    }

    private func worker(_ gems: Gemfile, in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let known = [
            ("sidekiq", "bundle exec sidekiq"), ("good_job", "bundle exec good_job start"),
            ("resque", "bundle exec rake resque:work"), ("delayed_job", "bundle exec rake jobs:work"),
            ("solid_queue", "bundle exec rake solid_queue:start"),
        ]
        for (gem, command) in known {
            guard let line = gems.line(of: gem) else { continue }
            if gem == "solid_queue", !runsAlone(gems, in: tree) { continue }
            // A Procfile that starts it gives it a name, and its command says more.
            let stated = repository.procfiles.filter { $0.path.parentDirectory == gems.directory }
                .flatMap { $0.file.processes }
                .first { $0.name != Subject.web && $0.command.contains(command.dropFirst("bundle exec ".count)) }
            let process = stated.map { WorkerProcess.name(of: $0.command, given: $0.name) } ?? "worker"
            var worker = Testimony(Subject(gems.directory, process))
            worker.say(.role(.worker), file: gems.path, line: line, "requires \(gem)", Confidence.dependency)
            worker.say(.framework(gem), file: gems.path, line: line, "requires \(gem)")
            describe(&worker, gems)
            worker.say(.start(StartCommand(command)), file: gems.path, line: line, "how \(gem) starts")
            if gems.has("rails") || gems.has("railties"),
                tree.contains(gems.directory.appending(path: "config/application.rb"))
            {
                // One code, one image: jobs read the same files, and what is built for the one is there for the other.
                sayBuild(&worker, gems, in: tree)
                sayUploads(&worker, RailsProduction(tree: tree, directory: gems.directory))
            }
            worker.say(resources: Self.resources, among: gems.gems, file: gems.path)
            return worker.evidence
        }
        return []
    }
}
