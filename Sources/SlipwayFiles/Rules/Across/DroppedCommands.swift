// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Two services of one image, and both run the server.
    static let droppedCommand = Rule(
        "AP590", .error, "an entry script that never runs the command it is given",
        why:
            "With an ENTRYPOINT the command is only its arguments (docs.docker.com/reference/dockerfile, ENTRYPOINT). A script "
            + "that does not end with exec \"$@\" starts what stands in it: the worker is a second web server, and the "
            + "server for development is the one for production.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A shop worker\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn shop.wsgi\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A shop worker\n",
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n",
            ],
            // The script looks at what it is given.
            [
                "compose.yml": "services:\n  worker:\n    build: .\n    command: worker\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
                "entrypoint.sh":
                    "#!/bin/sh\nif [ \"$1\" = worker ]; then exec celery -A shop worker; fi\nexec gunicorn shop.wsgi\n",
            ],
            [
                "compose.yml":
                    "services:\n  worker:\n    build: .\n    entrypoint: []\n    command: celery -A shop worker\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nexec gunicorn shop.wsgi\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let service = unit.service, let compose = unit.compose, service.node["entrypoint"] == nil,
                let command = service.command, !command.text.trimmed.isEmpty,
                let script = unit.scriptWithoutArguments, let last = script.lastCommand,
                !command.text.contains(last.text.replacing("exec ", with: "")),
                !["sh", "bash", "/bin/sh", "/bin/bash"].contains(command.text.trimmed)
            else { return nil }
            return Violation(
                file: compose.location, line: command.line,
                "\(service.name) never runs its command, because \(script.path) ends with \(last.text) and drops it; "
                    + "end the script with exec \"$@\" and make that the image's CMD, or write here: entrypoint: []")
        }
    }
}

extension DeployedUnit {
    /// The image's entry script, when it neither runs nor looks at what it is given.
    var scriptWithoutArguments: EntryScript? {
        guard let entry = stage.instructions.last(where: { $0.keyword == "ENTRYPOINT" }), entry.isJSON,
            let script = script(of: entry.arguments)
        else { return nil }
        let text = script.lines.joined(separator: "\n")
        let signs = ["$@", "$*", "$1", "${@", "${*", "${1", "$#", "${#", "shift", "getopts", "BASH_ARGV"]
        return signs.contains(where: text.contains) ? nil : script
    }
}
