// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Written for an older version of the package than the one that is installed.
    static let removedPythonName = Rule(
        "AP281", .error, "the code uses what the installed version of a Python package has removed",
        why: "The import or the call ends with an exception, and with it the process or every request that comes by.",
        catches: [
            ["config.py": "from pydantic import BaseSettings\n", "requirements.txt": "pydantic==2.7.1\n"],
            [
                "api/urls.py": "from django.conf.urls import url, include\n",
                "api/requirements.txt": "Django==4.2.1\n",
            ],
            [
                "app.py":
                    "from flask import Flask\napp = Flask(__name__)\n@app.before_first_request\ndef f():\n    pass\n",
                "requirements.txt": "Flask==3.0.2\n",
            ],
            [
                "ai.py": "import openai\nr = openai.ChatCompletion.create(model=\"a\")\n",
                "requirements.txt": "openai\n",
            ],
            [
                "a.py": "from langchain.chains import (\n    LLMChain,\n)\n",
                "requirements.txt": "langchain>=1.0\n",
            ],
        ],
        passes: [
            ["config.py": "from pydantic import BaseSettings\n", "requirements.txt": "pydantic==1.10.2\n"],
            [
                "config.py":
                    "try:\n    from pydantic_settings import BaseSettings\nexcept ImportError:\n    from pydantic import BaseSettings\n",
                "requirements.txt": "pydantic==2.7.1\n",
            ],
            ["a.py": "from flask import Flask\n", "requirements.txt": "Flask==3.0.2\n"],
            [
                "ai.py": "import openai\nr = openai.ChatCompletion.create(model=\"a\")\n",
                "requirements.txt": "openai<1\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let lists = PythonPins.all(in: repository.tree).filter { !DevelopmentPath.isLikely($0.place) }
        guard !lists.isEmpty else { return [] }
        return repository.codeFiles([".py"], with: RemovedName.packages, smallerThan: 300_000).flatMap {
            entry -> [Violation] in
            guard !entry.path.lowercased().contains("test"), let text = repository.tree.text(entry.path)
            else { return [] }
            let near = PythonPins.nearest(to: entry.path, of: lists)
            return (RemovedName.imports(in: text) + RemovedName.calls(in: text)).compactMap { use in
                guard
                    let list = near.first(where: { list in
                        list.pins[use.name.package]?.range.reaches(use.name.version) == true
                    })
                else { return nil }
                let isCertain = list.isLock || list.pins[use.name.package]?.range.isAtLeast(use.name.version) == true
                return Violation(
                    file: entry.path, line: use.line,
                    "\(use.written) is gone since \(use.name.package) \(use.name.version) (\(list.place)); "
                        + "write: \(use.name.advice)",
                    severity: isCertain && use.name.isFatal ? nil : .warning)
            }
        }
    }
}

/// A name that a version of a package no longer has.
private struct RemovedName {
    let package: String
    let version: PackageVersion
    let advice: String
    /// Whether the process or the request ends; else the setting is passed over.
    var isFatal = true

    struct Use {
        let written: String
        let line: Int
        let name: RemovedName
    }

    /// By module and name; a module that is gone as a whole stands alone.
    private static let names: [String: RemovedName] = {
        var found: [String: RemovedName] = [:]
        func add(_ module: String, _ names: [String], _ package: String, _ version: PackageVersion, _ advice: String) {
            for name in names {
                found[name.isEmpty ? module : module + "." + name] = RemovedName(
                    package: package, version: version, advice: advice)
            }
        }
        let django4 = PackageVersion(4)
        add("pydantic", ["BaseSettings"], "pydantic", PackageVersion(2), "from pydantic_settings import BaseSettings")
        add("django.conf.urls", ["url"], "django", django4, "from django.urls import re_path as url")
        add(
            "django.utils.translation", ["ugettext", "ugettext_lazy", "ugettext_noop", "ungettext", "ungettext_lazy"],
            "django", django4, "gettext, gettext_lazy")
        add("django.utils.encoding", ["force_text", "smart_text"], "django", django4, "force_str, smart_str")
        add(
            "django.utils.http", ["urlquote", "urlunquote", "urlquote_plus", "is_safe_url"], "django", django4,
            "urllib.parse.quote, url_has_allowed_host_and_scheme")
        add("django.utils.timezone", ["utc"], "django", PackageVersion(5), "from datetime import timezone")
        add("django.utils.encoding", ["python_2_unicode_compatible"], "django", PackageVersion(3), "nothing")
        add("django.utils", ["six"], "django", PackageVersion(3), "import six")
        add("django.core.urlresolvers", [""], "django", PackageVersion(2), "from django.urls import reverse")
        add("django.shortcuts", ["render_to_response"], "django", PackageVersion(3), "render")
        add("flask", ["Markup", "escape"], "flask", PackageVersion(3), "from markupsafe import Markup, escape")
        add(
            "flask.json", ["JSONEncoder", "JSONDecoder"], "flask", PackageVersion(2, 3),
            "a class of flask.json.provider.DefaultJSONProvider")
        add(
            "werkzeug", ["secure_filename", "cached_property", "FileStorage"], "werkzeug", PackageVersion(1),
            "from werkzeug.utils import secure_filename")
        add(
            "werkzeug.urls", ["url_parse", "url_quote", "url_encode", "url_decode", "url_unquote", "url_join"],
            "werkzeug", PackageVersion(3), "urllib.parse")
        add("werkzeug.security", ["safe_str_cmp"], "werkzeug", PackageVersion(2, 1), "hmac.compare_digest")
        add(
            "jinja2", ["Markup", "escape", "contextfilter", "contextfunction", "environmentfilter"], "jinja2",
            PackageVersion(3, 1), "from markupsafe import Markup, escape; pass_context")
        add("markupsafe", ["soft_unicode"], "markupsafe", PackageVersion(2, 1), "soft_str")
        add(
            "flask_jwt_extended",
            ["jwt_optional", "fresh_jwt_required", "jwt_refresh_token_required", "get_raw_jwt", "get_jwt_claims"],
            "flask-jwt-extended", PackageVersion(4), "jwt_required(optional=True, refresh=True, fresh=True), get_jwt")
        add(
            "telegram", ["ParseMode"], "python-telegram-bot", PackageVersion(20),
            "from telegram.constants import ParseMode")
        add("telegram.ext", ["Filters"], "python-telegram-bot", PackageVersion(20), "from telegram.ext import filters")
        add("aiogram.utils", ["executor"], "aiogram", PackageVersion(3), "await dispatcher.start_polling(bot)")
        add("moviepy.editor", [""], "moviepy", PackageVersion(2), "from moviepy import VideoFileClip")
        for module in [
            "chains", "memory", "prompts", "schema", "text_splitter", "document_loaders", "vectorstores", "llms",
        ] {
            add(
                "langchain." + module, [""], "langchain", PackageVersion(1),
                "langchain_classic, langchain_core, langchain_community or langchain_text_splitters")
        }
        return found
    }()

    /// Calls that no import shows, with a word that tells whose they are.
    private static let calls: [(call: String, word: String, name: RemovedName)] = [
        (
            "STATICFILES_STORAGE =", "INSTALLED_APPS",
            RemovedName(
                package: "django", version: PackageVersion(5, 1),
                advice: "STORAGES = {\"staticfiles\": {\"BACKEND\": ...}}",
                isFatal: false)
        ),
        (
            "DEFAULT_FILE_STORAGE =", "INSTALLED_APPS",
            RemovedName(
                package: "django", version: PackageVersion(5, 1),
                advice: "STORAGES = {\"default\": {\"BACKEND\": ...}}",
                isFatal: false)
        ),
        (
            "openai.ChatCompletion.", "import openai",
            RemovedName(package: "openai", version: PackageVersion(1), advice: "OpenAI().chat.completions.create(...)")
        ),
        (
            "openai.Completion.", "import openai",
            RemovedName(package: "openai", version: PackageVersion(1), advice: "OpenAI().completions.create(...)")
        ),
        (
            "openai.Embedding.", "import openai",
            RemovedName(package: "openai", version: PackageVersion(1), advice: "OpenAI().embeddings.create(...)")
        ),
        (
            ".before_first_request", "flask",
            RemovedName(
                package: "flask", version: PackageVersion(2, 3), advice: "with app.app_context(): before the server")
        ),
        (
            "db.engine.execute(", "db",
            RemovedName(
                package: "sqlalchemy", version: PackageVersion(2),
                advice: "with engine.connect() as c: c.execute(text(...))")
        ),
        (
            " engine.execute(", "create_engine",
            RemovedName(
                package: "sqlalchemy", version: PackageVersion(2),
                advice: "with engine.connect() as c: c.execute(text(...))")
        ),
    ]

    /// First components of the modules.
    static let packages = Set(names.keys.map { String($0.prefix { $0 != "." }) }).union([
        "openai", "engine", "_STORAGE",
    ]).sorted()

    /// Imports at the beginning of a line: others may be conditional.
    static func imports(in text: String) -> [Use] {
        var found: [Use] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "," || $0 == "(" || $0 == "#" }.map(String.init)
            if line.hasPrefix("import "), words.count > 1, let name = names[words[1]] {
                found.append(Use(written: words[1], line: index + 1, name: name))
            }
            guard line.hasPrefix("from "), words.count > 2, words[2] == "import" else { continue }
            if let name = names[words[1]] {
                found.append(Use(written: words[1], line: index + 1, name: name))
                continue
            }
            var imported = Array(words.dropFirst(3))
            if line.contains("("), !line.contains(")") {
                for next in lines[(index + 1)...].prefix(40) {
                    imported += next.prefix { $0 != "#" && $0 != ")" }.split { $0 == " " || $0 == "," }.map(String.init)
                    if next.contains(")") { break }
                }
            }
            for word in imported {
                let bare = word.filter { $0 != ")" && $0 != "\r" }
                if let name = names[words[1] + "." + bare] {
                    found.append(Use(written: words[1] + "." + bare, line: index + 1, name: name))
                }
            }
        }
        return found
    }

    static func calls(in text: String) -> [Use] {
        let possible = calls.filter { text.contains($0.call) && text.contains($0.word) }
        guard !possible.isEmpty else { return [] }
        var found: [Use] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = line.prefix { $0 != "#" }
            for (call, _, name) in possible where code.contains(call) {
                found.append(Use(written: call.filter { !"( =".contains($0) }, line: index + 1, name: name))
            }
        }
        return found
    }
}
