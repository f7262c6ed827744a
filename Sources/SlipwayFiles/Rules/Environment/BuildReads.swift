// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// KeyError: 'SECRET_KEY' while the image is built.
    static let buildWithoutVariable = Rule(
        "AP660", .error, "a step of the build loads settings that insist on a variable which the build does not have",
        why:
            "What Compose or a platform gives is there when the container runs and not while its image is built: the "
            + "command imports the settings, these look the variable up, and the build ends with KeyError or "
            + "UndefinedValueError; Rails ends with: Missing `secret_key_base`.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py": "import os\nSECRET_KEY = os.environ[\"SECRET_KEY\"]\nDEBUG = False\n",
            ],
            [
                "web/Dockerfile":
                    "FROM python:3.13\nENV DJANGO_SETTINGS_MODULE=shop.settings.prod\nCOPY . .\nRUN pip install . && python manage.py collectstatic --noinput\n",
                "web/.dockerignore": ".env\n",
                "web/manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n",
                "web/shop/settings/dev.py": "from .base import *\n",
                "web/shop/settings/base.py":
                    "from decouple import config\nSECRET_KEY = config('SECRET_KEY')\nDEBUG = config('DEBUG', default=False, cast=bool)\n",
                "web/shop/settings/prod.py": "from .base import *\nDEBUG = False\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py":
                    "SECRET_KEY = os.environ.get('SECRET_KEY')\nif not SECRET_KEY:\n    raise ImproperlyConfigured('no key')\n",
            ],
            [
                "Dockerfile":
                    "FROM ruby:3.4\nENV RAILS_ENV=production\nCOPY . .\nRUN bundle install && bundle exec rails assets:precompile\n",
                "Gemfile": "gem 'rails'\n", "config/application.rb": "module Shop\nend\n",
                "config/credentials.yml.enc": "x\n", ".dockerignore": "config/*.key\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN SECRET_KEY=build python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py": "import os\nSECRET_KEY = os.environ[\"SECRET_KEY\"]\nDEBUG = False\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nARG SECRET_KEY=build\nCOPY . .\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py": "SECRET_KEY = os.environ[\"SECRET_KEY\"]\n",
            ],
            // Whoever builds may have a file that is copied along.
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py": "from decouple import config\nSECRET_KEY = config('SECRET_KEY')\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput || true\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py": "SECRET_KEY = os.environ[\"SECRET_KEY\"]\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
                "shop/settings.py":
                    "SECRET_KEY = os.environ.get(\"SECRET_KEY\", \"x\")\nif IS_LIVE:\n    KEY = os.environ[\"KEY\"]\n",
            ],
            [
                "Dockerfile":
                    "FROM ruby:3.4\nENV RAILS_ENV=production\nCOPY . .\nRUN SECRET_KEY_BASE_DUMMY=1 ./bin/rails assets:precompile\n",
                "Gemfile": "gem 'rails'\n", "config/application.rb": "module Shop\nend\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.dockerfiles.flatMap { file -> [Violation] in
            guard !DevelopmentPath.isLikely(file.location) else { return [] }
            return file.stages.flatMap { stage in
                file.reading.steps(of: stage).lazy.compactMap {
                    BuildStep(step: $0, stage: stage, file: file)?.violation
                }
                .prefix(1)
            }
        }
    }
}

/// A RUN that loads the application.
private struct BuildStep {
    private let file: CheckedDockerfile
    private let stage: DockerfileStage
    private let step: DockerfileStep
    private let command: ShellCommand
    private let words: [String]

    init?(step: DockerfileStep, stage: DockerfileStage, file: CheckedDockerfile) {
        guard step.keyword == "RUN", !step.isTrigger, let program = step.program,
            // Somebody hands it what it needs in a way of his own.
            !["--mount=type=secret", ".env", "export ", "env "].contains(where: step.instruction.text.contains),
            let command = program.commands.first(where: { command in
                !command.isCondition && Self.loads(command.words.map(\.text))
            })
        else { return nil }
        (self.file, self.stage, self.step, self.command) = (file, stage, step, command)
        words = command.words.map(\.text)
    }

    private static func loads(_ words: [String]) -> Bool {
        guard words.first != "echo", words.first != "printf" else { return false }
        if let manage = words.firstIndex(where: isManage), words.indices.contains(manage + 1) {
            return !["help", "version", "startapp"].contains(words[manage + 1])
        }
        return words.contains("assets:precompile")
    }

    private static func isManage(_ word: String) -> Bool { word == "manage.py" || word.hasSuffix("/manage.py") }

    var violation: Violation? {
        words.contains("assets:precompile") ? ofRails : ofDjango
    }

    private var repository: CheckedRepository { file.repository }

    /// What ARG, ENV and the command itself give, with the values of ENV.
    private var given: [String: String?] {
        var found: [String: String?] = [:]
        for instruction in file.lineage(of: stage) where instruction.line < step.line {
            guard ["ARG", "ENV"].contains(instruction.keyword) else { continue }
            for (name, value) in instruction.pairs { found[name] = value }
        }
        for assignment in command.assignments {
            let parts = assignment.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            found[String(parts[0])] = parts.count == 2 ? String(parts[1]) : nil
        }
        return found
    }

    /// The folder that the build sees, when the application is in it.
    private func context(with name: String) -> String? {
        BuildContexts.of(
            DeployedUnit(dockerfile: file, stage: stage, compose: nil, service: nil, context: nil, app: nil)
        )
        .first { repository.tree.contains(GoPath.clean($0 + "/" + name)) }
    }

    private var ofDjango: Violation? {
        guard let typed = words.first(where: Self.isManage) else { return nil }
        let found = repository.tree.files(named: "manage.py").map(\.path)
        let near = context(with: "manage.py").map { GoPath.clean($0 + "/manage.py") }
        guard let manage = near ?? (found.count == 1 ? found[0] : nil) else { return nil }
        let given = self.given
        let option = words.first { $0.hasPrefix("--settings=") }.map { String($0.dropFirst("--settings=".count)) }
        let named = option ?? given["DJANGO_SETTINGS_MODULE"].flatMap { $0 }?.filter { $0 != "\"" && $0 != "'" }
        guard named?.contains("$") != true, named != nil || given["DJANGO_SETTINGS_MODULE"] == nil,
            let settings = DjangoImport(manage: manage, module: named, in: repository)
        else { return nil }
        let mayBring = settings.readsDotenv && mayHoldDotenv(beside: settings)
        guard
            let read = settings.reads.first(where: { read in
                given[read.name] == nil && !mayBring && !(read.isFromDotenv && !settings.readsDotenv)
            })
        else { return nil }
        let verb = words.drop { $0 != typed }.dropFirst().first ?? ""
        if command.isFollowedByOr {
            // A failure that is passed over is felt where every page asks for what it should have made.
            guard verb == "collectstatic", !isCollectedLater,
                settings.modules.contains(where: { $0.line(with: "ManifestStaticFilesStorage") != nil })
            else { return nil }
            return Violation(
                file: file.location, line: step.line,
                "\(read.name) has no value while the image is built (\(read.file):\(read.line)), so collectstatic fails unheard and "
                    + "pages answer 500: Missing staticfiles manifest entry; write: RUN \(read.name)=build python \(typed) "
                    + "collectstatic --noinput")
        }
        return Violation(
            file: file.location, line: step.line,
            "\(read.name) has no value while the image is built, and \(read.file):\(read.line) insists on it; "
                + "write: RUN \(read.name)=build python \(typed) \(verb)")
    }

    /// Whether a container collects the files anew when it starts.
    private var isCollectedLater: Bool {
        repository.deployedUnits.contains { unit in
            unit.startedCommands.contains { $0.text.contains("collectstatic") }
        } || repository.scripts.contains { $0.isStart && $0.text.contains("collectstatic") }
    }

    /// Whether a `.env` of git, or of the machine that builds, is copied along.
    private func mayHoldDotenv(beside settings: DjangoImport) -> Bool {
        let contexts = BuildContexts.of(
            DeployedUnit(dockerfile: file, stage: stage, compose: nil, service: nil, context: nil, app: nil))
        let context = contexts.first { $0 == "." || settings.home == $0 || settings.home.hasPrefix($0 + "/") } ?? "."
        let ignore = [file.location + ".dockerignore", GoPath.clean(context + "/.dockerignore")].lazy
            .compactMap(repository.tree.text).first.map { DockerIgnore(parsing: $0) }
        guard let ignore else { return true }
        return ![context, settings.home].allSatisfy { folder in
            let path = GoPath.clean(folder + "/.env")
            let inside = context == "." ? path : String(path.dropFirst(context.utf8.count + 1))
            return ignore.excludes(inside)
        }
    }

    private var ofRails: Violation? {
        guard !command.isFollowedByOr else { return nil }
        let given = self.given
        let environment = (given["RAILS_ENV"] ?? given["RACK_ENV"]).flatMap { $0 }
        guard environment?.filter({ $0 != "\"" && $0 != "'" }) == "production",
            ["SECRET_KEY_BASE", "SECRET_KEY_BASE_DUMMY", "RAILS_MASTER_KEY"].allSatisfy({ given[$0] == nil }),
            let home = context(with: "config/application.rb"),
            // A key that is in the image, or one that the code writes itself.
            !["config/master.key", "config/credentials/production.key", "config/secrets.yml"].contains(where: {
                repository.tree.contains(GoPath.clean(home + "/" + $0))
                    || repository.tracked?.contains(GoPath.clean(home + "/" + $0)) == true
            }),
            repository.code([".rb"], with: ["secret_key_base"]).isEmpty, hasNoKeyFile(home)
        else { return nil }
        return Violation(
            file: file.location, line: step.line,
            "Rails has no secret_key_base while the image is built; write: RUN SECRET_KEY_BASE_DUMMY=1 "
                + words.joined(separator: " ")
                + " (Rails before 7.1: SECRET_KEY_BASE=build)")
    }

    /// Whether the key of the machine that builds stays outside.
    private func hasNoKeyFile(_ home: String) -> Bool {
        guard repository.tree.contains(GoPath.clean(home + "/config/credentials.yml.enc")) else { return true }
        guard let text = repository.tree.text(GoPath.clean(home + "/.dockerignore")) else { return false }
        return DockerIgnore(parsing: text).excludes("config/master.key")
    }
}
