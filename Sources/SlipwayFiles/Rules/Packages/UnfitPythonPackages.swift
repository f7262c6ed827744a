// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Each installs, and together they end at the first import or call.
    static let unfitPythonPackages = Rule(
        "AP280", .error, "two Python packages that are installed do not work together",
        why:
            "pip takes the newest version that a list allows. An old package then meets one that has dropped what it "
            + "calls, and ends with an exception at the import or at the first request.",
        catches: [
            [
                "auth.py": "from passlib.context import CryptContext\nctx = CryptContext(schemes=[\"bcrypt\"])\n",
                "requirements.txt": "fastapi==0.115.0\npasslib[bcrypt]==1.7.4\n",
            ],
            [
                "auth.py": "from passlib.hash import bcrypt\n",
                "uv.lock":
                    "[[package]]\nname = \"passlib\"\nversion = \"1.7.4\"\n[[package]]\nname = \"bcrypt\"\nversion = \"5.0.0\"\n",
            ],
            ["requirements.txt": "Flask==2.2.2\ngunicorn\n"],
            ["requirements.txt": "Flask-SQLAlchemy==2.5.1\nSQLAlchemy>=1.4\n"],
            ["requirements.txt": "openai==1.30.0\nfastapi\n"],
            ["jobs.py": "from celery import Celery\n", "requirements.txt": "celery==5.3.4\nredis==5.0.1\n"],
            ["api/pyproject.toml": "[project]\nname = \"a\"\ndependencies = [\n  \"pandas==2.0.3\",\n]\n"],
        ],
        passes: [
            [
                "auth.py": "from passlib.context import CryptContext\nctx = CryptContext(schemes=[\"bcrypt\"])\n",
                "requirements.txt": "fastapi==0.115.0\npasslib[bcrypt]==1.7.4\nbcrypt==4.0.1\n",
            ],
            [
                "auth.py": "from passlib.context import CryptContext\nctx = CryptContext(schemes=[\"argon2\"])\n",
                "requirements.txt": "passlib[bcrypt]==1.7.4\n",
            ],
            ["requirements.txt": "Flask==2.2.2\nWerkzeug==2.2.2\n"],
            ["requirements.txt": "Flask==3.0.0\n"],
            ["requirements.txt": "-r base.txt\nFlask==2.2.2\n"],
            ["requirements.txt": "openai==1.60.0\n"],
            ["requirements.txt": "celery==5.3.4\nredis==5.0.1\nkombu==5.3.4\n"],
            ["requirements.txt": "redis==5.0.1\n"],
            // Nothing imports it.
            ["app.py": "import flask\n", "requirements.txt": "celery==5.3.4\nredis==5.0.1\n"],
            ["requirements.txt": "celery==5.3.4\nredis==5.0.1\namqp==5.2.0\n"],
            [
                "requirements.txt": "celery==5.3.4\nredis==5.0.1\n",
                ".env.example": "BROKER_URL=amqp://a:b@rabbitmq:5672//\n",
            ],
            ["requirements.txt": "celery==5.5.2\nredis==5.0.1\n"],
            ["requirements.txt": "celery[redis]>=5.4\nredis<6\n"],
            ["requirements.txt": "pandas==2.0.3\nnumpy<2\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return PythonPins.all(in: repository.tree).flatMap { list -> [Violation] in
            guard !DevelopmentPath.isLikely(list.place) else { return [] }
            return UnfitPair.all.compactMap { pair in
                guard let pin = list.pins[pair.package], pair.fits(list),
                    pair.isUsed(in: repository, below: list.folder),
                    !PythonImages.areOlder(than: pair.python, in: repository),
                    seen.insert("\(list.folder) \(pair.package) \(pair.partner)").inserted
                else { return nil }
                return Violation(
                    file: list.place, line: list.pins[pair.partner]?.line ?? pin.line,
                    "\(pair.package) ends with \"\(pair.failure)\" beside \(pair.partner) \(pair.from) and later; "
                        + "write: \(pair.advice)")
            }
        }
    }
}

/// An old package and the version of another that it cannot work with.
private struct UnfitPair {
    let package: String
    /// The first version of the package that works again; `nil` when there is none.
    var mended: PackageVersion?
    let partner: String
    let from: PackageVersion
    /// Whether the package brings its partner when the list does not name it; an extra may be needed.
    var isBrought = true
    var extra: String?
    /// Whether another package of the list brings the partner.
    var bringer: (@Sendable (PythonPins) -> Bool)?
    /// Words that stand in the code when the two meet.
    var words: [String] = []
    /// The partner's version wants at least this Python 3.
    var python = 8
    let failure: String
    let advice: String

    static let all = [
        UnfitPair(
            package: "passlib", partner: "bcrypt", from: PackageVersion(5), extra: "bcrypt",
            words: ["passlib", "bcrypt"],
            failure: "ValueError: password cannot be longer than 72 bytes", advice: "bcrypt==4.0.1"),
        UnfitPair(
            package: "flask", mended: PackageVersion(2, 2, 4), partner: "werkzeug", from: PackageVersion(3),
            failure: "ImportError: cannot import name 'url_quote' from 'werkzeug.urls'", advice: "Werkzeug<3"),
        UnfitPair(
            package: "flask-login", mended: PackageVersion(0, 6, 3), partner: "werkzeug", from: PackageVersion(3),
            failure: "ImportError: cannot import name 'url_decode' from 'werkzeug.urls'", advice: "Flask-Login>=0.6.3"),
        UnfitPair(
            package: "flask-sqlalchemy", mended: PackageVersion(3), partner: "sqlalchemy", from: PackageVersion(2),
            failure: "AttributeError: module 'sqlalchemy' has no attribute '__all__'", advice: "SQLAlchemy<2"),
        UnfitPair(
            package: "flask-script", partner: "flask", from: PackageVersion(2),
            failure: "ModuleNotFoundError: No module named 'flask._compat'",
            advice: "flask commands, without Flask-Script"),
        UnfitPair(
            package: "flask-restplus", partner: "werkzeug", from: PackageVersion(1),
            failure: "ImportError: cannot import name 'cached_property' from 'werkzeug'", advice: "flask-restx"),
        UnfitPair(
            package: "flask-uploads", partner: "werkzeug", from: PackageVersion(1),
            failure: "ImportError: cannot import name 'secure_filename' from 'werkzeug'", advice: "Flask-Reuploaded"),
        UnfitPair(
            package: "jinja2", mended: PackageVersion(3), partner: "markupsafe", from: PackageVersion(2, 1),
            failure: "ImportError: cannot import name 'soft_unicode' from 'markupsafe'", advice: "MarkupSafe<2.1"),
        UnfitPair(
            package: "openai", mended: PackageVersion(1, 55, 3), partner: "httpx", from: PackageVersion(0, 28),
            failure: "TypeError: Client.__init__() got an unexpected keyword argument 'proxies'", advice: "httpx<0.28"),
        // kombu/transport/redis.py since 5.7.0.
        UnfitPair(
            package: "redis", mended: PackageVersion(6, 1), partner: "kombu", from: PackageVersion(5, 7),
            bringer: takesNewestKombu, words: ["celery"], python: 9,
            failure: "VersionMismatch: Redis transport requires redis-py versions 6.1.0 or later",
            advice: "redis>=6.1, or kombu<5.7"),
        UnfitPair(
            package: "pandas", mended: PackageVersion(2, 1), partner: "numpy", from: PackageVersion(2), python: 9,
            failure: "ValueError: numpy.dtype size changed, may indicate binary incompatibility", advice: "numpy<2"),
        UnfitPair(
            package: "scikit-learn", mended: PackageVersion(1, 3), partner: "numpy", from: PackageVersion(2), python: 9,
            failure: "ValueError: numpy.dtype size changed, may indicate binary incompatibility", advice: "numpy<2"),
    ]

    /// Celery up to 5.4 takes any kombu below 6, 5.5 one below 5.6, and 5.6 any later one; what asks for `celery[redis]`
    /// gets a kombu that fits redis from 5.5.3 on (the packages' own metadata on PyPI).
    @Sendable private static func takesNewestKombu(_ list: PythonPins) -> Bool {
        guard let celery = list.pins["celery"] else { return false }
        // kombu 5.7 asks for amqp from 5.4.2 on.
        if let amqp = list.pins["amqp"], amqp.range.staysBelow(PackageVersion(5, 4, 2)) { return false }
        if celery.range.staysBelow(PackageVersion(5, 5)) { return celery.range.reaches(PackageVersion(5)) }
        return celery.range.reaches(PackageVersion(5, 6)) && !celery.extras.contains("redis")
    }

    /// Whether Celery's messages go through RabbitMQ alone: kombu loads its part for Redis only where an address asks for
    /// it.
    private static func usesOtherBroker(_ repository: CheckedRepository) -> Bool {
        func holds(_ words: [String]) -> Bool {
            let endings = [".py", ".yml", ".yaml", ".env", ".example", ".toml", ".ini", ".cfg", ".sample", ".template"]
            return !repository.tree.files(ending: endings, holding: words, smallerThan: 200_000).isEmpty
        }
        let hasRabbit =
            holds(["amqp://"])
            || repository.composeFiles.contains { file in
                file.services.contains { $0.image.map { ImageName($0.text).name } == "rabbitmq" }
            }
        guard hasRabbit else { return false }
        // Beside it Redis often keeps the results alone.
        let endings = [".py", ".yml", ".yaml", ".env", ".example", ".toml", ".ini", ".cfg", ".sample", ".template"]
        return !repository.tree.files(ending: endings, holding: ["redis://", "rediss://"], smallerThan: 200_000)
            .contains { entry in
                (repository.tree.text(entry.path) ?? "").split(whereSeparator: \.isNewline).contains { line in
                    line.contains("redis") && line.lowercased().contains("broker")
                }
            }
    }

    /// Whether the list installs both in versions that do not fit.
    func fits(_ list: PythonPins) -> Bool {
        guard let pin = list.pins[package] else { return false }
        if let mended, !pin.range.staysBelow(mended) { return false }
        // The client of version 0 has no httpx.
        if package == "openai", pin.range.staysBelow(PackageVersion(1)) { return false }
        let comes = isBrought && (extra.map(pin.extras.contains) ?? true) && (bringer.map { $0(list) } ?? true)
        return list.gets(partner, from: from, isBrought: comes)
    }

    func isUsed(in repository: CheckedRepository, below folder: String) -> Bool {
        if partner == "kombu", Self.usesOtherBroker(repository) { return false }
        // Lists often stand in a folder of their own.
        let list = SourceTree.Entry(path: folder)
        let folder = list.name == "requirements" ? list.directory : folder
        // A setting often names the scheme in another file than the one that calls.
        return words.allSatisfy { word in
            repository.codeFiles([".py"], with: [word], smallerThan: .max).contains { entry in
                folder == "." || entry.path.hasPrefix(folder + "/")
            }
        }
    }
}

/// Versions of Python that images have.
enum PythonImages {
    /// Whether an image has a Python that is too old for what the newest packages want.
    static func areOlder(than minor: Int, in repository: CheckedRepository) -> Bool {
        repository.dockerfiles.contains { file in
            guard let base = file.finalBase.map(ImageName.init), base.name == "python",
                let version = base.tag.flatMap(LanguageVersion.init), version.major == 3, let found = version.minor
            else { return false }
            return found < minor
        }
    }
}
