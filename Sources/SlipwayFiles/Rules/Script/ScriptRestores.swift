// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// The day on which a backup is needed is the wrong one to find out.
    static let restoreOverData = Rule(
        "SH061", .error, "a restore is read into the database that is still there",
        why:
            "A plain dump makes tables and inserts rows: into a database that has them each statement fails, psql goes on, "
            + "and the script reports success with the old or with mixed data.",
        catches: [
            [
                "backup.sh": "#!/bin/bash\nset -euo pipefail\npg_dump -d app | gzip > a.sql.gz\n",
                "restore.sh": "#!/bin/bash\nset -euo pipefail\ngunzip -c \"$1\" | psql -h localhost -d app\n",
            ],
            [
                "backup.sh": "#!/bin/bash\nset -e\npg_dump -Fc app > a.dump\n",
                "scripts/restore.sh": "#!/bin/bash\nset -e\npg_restore -d app \"$1\"\n",
            ],
        ],
        passes: [
            [
                "backup.sh": "#!/bin/bash\nset -euo pipefail\npg_dump --clean --if-exists -d app | gzip > a.sql.gz\n",
                "restore.sh": "#!/bin/bash\nset -euo pipefail\ngunzip -c \"$1\" | psql -v ON_ERROR_STOP=1 -d app\n",
            ],
            [
                "backup.sh": "#!/bin/bash\nset -e\npg_dump app > a.sql\n",
                "restore.sh": "#!/bin/bash\nset -e\ndropdb app\ncreatedb app\npsql -d app < \"$1\"\n",
            ],
            [
                "backup.sh": "#!/bin/bash\nset -e\npg_dump -Fc app > a.dump\n",
                "restore.sh": "#!/bin/bash\nset -e\npg_restore --clean --if-exists -d app \"$1\"\n",
            ],
        ]
    ) { file in
        let name = SourceTree.Entry(path: file.location).name.lowercased()
        guard name.contains("restore") || name.contains("recover"), !clears(file.text) else { return [] }
        let dumps = file.repository.scripts.flatMap { other in
            other.document.lines.filter { $0.contains("pg_dump") && !$0.trimmed.hasPrefix("#") }.map {
                ($0, other.text)
            }
        }
        guard !dumps.isEmpty, dumps.allSatisfy({ !$0.0.contains(" -c") && !$0.1.contains("--clean") }) else {
            return []
        }
        let commands = file.document.commands
        guard
            let found = commands.first(where: { command in
                let words = command.words.map(\.text)
                if words.contains("pg_restore") {
                    return !words.contains("-c") && !words.contains("-l") && !words.contains("--list")
                        && !words.contains("-C")
                }
                guard words.contains("psql"), !words.contains("-c"), !words.contains("--command"),
                    !words.contains("-l"),
                    !words.contains(where: { $0.hasPrefix("-tA") || $0.hasPrefix("-c") || $0.hasPrefix("-lq") })
                else { return false }
                return command.joint == .pipe || command.redirections.contains { $0.hasPrefix("<") }
                    || words.contains("-f")
            })
        else { return [] }
        let isArchive = found.words.contains { $0.text == "pg_restore" }
        return [
            file.violation(
                at: found,
                isArchive
                    ? "the tables are still there; write: pg_restore --clean --if-exists --exit-on-error"
                    : "the tables are still there; write before it: dropdb --if-exists NAME && createdb NAME, and here: "
                        + "psql -v ON_ERROR_STOP=1")
        ]
    }

    /// Whether the script empties the database first.
    private static func clears(_ text: String) -> Bool {
        [
            "dropdb", "DROP DATABASE", "drop database", "DROP SCHEMA", "drop schema", "--clean", "createdb",
            "CREATE DATABASE",
            "--create", "TRUNCATE", "down -v", "volume rm",
        ].contains(where: text.contains)
    }
}
