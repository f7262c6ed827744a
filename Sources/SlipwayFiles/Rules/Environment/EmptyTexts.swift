// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// An empty variable is there, and the default is for one that is not.
    static let emptyText = Rule(
        "EN358", .error, "the template leaves a value empty that the code converts",
        why:
            "os.environ.get and its like give the default for a variable that is missing. One that stands empty in .env is "
            + "there: int('') raises ValueError, and the program does not start.",
        catches: [
            [
                ".env.example": "WORKERS=\n",
                "gunicorn.conf.py": "import os\nworkers = int(os.environ.get(\"WORKERS\", 4))\n",
            ],
            [
                ".env.example": "WORKERS=   # empty: as many as the machine has\n",
                "config/settings.py": "WORKERS = config(\"WORKERS\", default=4, cast=int)\n",
            ],
            [
                "backend/.env.example": "# empty for SQLite\nDATABASE_URL=\n",
                "backend/core/settings.py":
                    "DATABASES = {\"default\": dj_database_url.config(default=\"sqlite:///db.sqlite3\")}\n",
            ],
            [
                ".env.sample": "WEB_CONCURRENCY=\n",
                "config/puma.rb": "workers Integer(ENV.fetch(\"WEB_CONCURRENCY\", 2))\n",
            ],
        ],
        passes: [
            [".env.example": "WORKERS=\n", "gunicorn.conf.py": "workers = int(os.environ.get(\"WORKERS\") or 4)\n"],
            [".env.example": "WORKERS=4\n", "gunicorn.conf.py": "workers = int(os.environ.get(\"WORKERS\", 4))\n"],
            [
                ".env.example": "WORKERS=\n",
                "a.py": "try:\n    workers = int(os.environ.get(\"WORKERS\", 4))\nexcept ValueError:\n    pass\n",
            ],
            [".env.example": "PORT=\n", "a.py": "port = int(os.environ[\"PORT\"])\n"],
            [
                ".env.example": "DATABASE_URL=\n",
                "core/settings.py":
                    "if os.environ.get(\"DATABASE_URL\"):\n    DATABASES = {\"default\": dj_database_url.config(default=\"sqlite:///a\")}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var empty: [String: (file: String, line: Int)] = [:]
        for file in repository.dotenvTemplates {
            for assignment in file.document.assignments where (assignment.value ?? "").isEmpty {
                empty[assignment.name] = empty[assignment.name] ?? (file.location, assignment.line)
            }
        }
        guard !empty.isEmpty else { return [] }
        let words = ["int(", "float(", "cast=int", "dj_database_url", ".int(", "Integer(ENV", "Float(ENV"]
        return repository.code([".py", ".rb"], with: words).flatMap { code -> [Violation] in
            code.bare.enumerated().compactMap { index, line in
                guard let read = ConvertedRead(line), let template = empty[read.name],
                    !code.isGuarded(index + 1, by: ["try:", "begin", read.name + "\"):", read.name + "'):"], before: 2)
                else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "\(template.file):\(template.line) leaves \(read.name) empty, and \(read.fault); write: \(read.advice), or "
                        + "# \(read.name)= in the template",
                    severity: read.isAddress ? .warning : nil)
            }
        }
    }
}

/// A read of a variable that has a default, and whose value is converted whatever it is.
private struct ConvertedRead {
    let name: String
    let fault: String
    let advice: String
    let isAddress: Bool

    /// - Parameter line: Without blanks, and with one kind of quotes.
    init?(_ line: String) {
        let beginnings = [
            "int(os.environ.get('", "int(os.getenv('", "int(getenv('", "float(os.environ.get('", "float(os.getenv('",
            "Integer(ENV.fetch('", "Float(ENV.fetch('", "int(environ.get('",
        ]
        for beginning in beginnings {
            guard let place = TextSearch.range(of: beginning, in: line[...]) else { continue }
            let rest = line[place.upperBound...]
            let name = rest.prefix { $0 != "'" }
            let after = rest.dropFirst(name.count + 1)
            guard after.hasPrefix(","), Self.closesAtOnce(after.dropFirst()) else { return nil }
            let type = beginning.prefix { $0 != "(" }
            self.init(name, "\(type)('') fails", "\(type)(... or DEFAULT)")
            return
        }
        if let place = TextSearch.range(of: "config('", in: line[...]),
            ByteSearch.contains(",default=".utf8, in: line.utf8),
            ["cast=int)", "cast=float)", "cast=int,", "cast=float,"].contains(where: line.contains),
            !Self.isWord(before: place.lowerBound, in: line)
        {
            self.init(
                line[place.upperBound...].prefix { $0 != "'" }, "int('') fails", "cast=lambda v: int(v or DEFAULT)")
            return
        }
        if let place = TextSearch.range(of: "env.int('", in: line[...]),
            ByteSearch.contains(",default=".utf8, in: line.utf8),
            !line.contains("default=None")
        {
            self.init(line[place.upperBound...].prefix { $0 != "'" }, "int('') fails", "int(env('NAME') or DEFAULT)")
            return
        }
        guard let place = TextSearch.range(of: "dj_database_url.config(", in: line[...]) else { return nil }
        let body = line[place.upperBound...]
        guard body.contains("default=") else { return nil }
        let named = TextSearch.range(of: "env='", in: body).map { body[$0.upperBound...].prefix { $0 != "'" } }
        self.init(
            named ?? "DATABASE_URL", "the default is for a missing one: Django is left without a database",
            "dj_database_url.parse(os.environ.get('DATABASE_URL') or DEFAULT)", isAddress: true)
    }

    private init(_ name: Substring, _ fault: String, _ advice: String, isAddress: Bool = false) {
        self.name = String(name)
        self.fault = fault
        self.advice = advice
        self.isAddress = isAddress
    }

    /// Whether the default ends the read, and the next bracket the conversion: `4))`.
    private static func closesAtOnce(_ text: Substring) -> Bool {
        var depth = 2
        for (offset, character) in text.enumerated() {
            if character == "(" { depth += 1 }
            if character == ")" {
                depth -= 1
                if depth == 1 {
                    return text.dropFirst(offset + 1).first == ")" || text.dropFirst(offset + 1).first == ","
                }
            }
        }
        return false
    }

    /// `point(` is not `int(`.
    private static func isWord(before index: String.Index, in line: String) -> Bool {
        guard index > line.startIndex else { return false }
        let last = line[line.index(before: index)]
        return last.isLetter || last.isNumber || last == "_"
    }
}
