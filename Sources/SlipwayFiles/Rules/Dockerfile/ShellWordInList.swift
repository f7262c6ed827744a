// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The program gets `&&` as one of its arguments.
    static let shellWordInList = Rule(
        "DF056", .error, "a JSON list holds a word that only a shell understands",
        why: "No shell reads a JSON list: the program gets || or && and everything behind it as arguments, so a health "
            + "check fails for ever, and a second command never runs.",
        catches: [
            "FROM node:22\nCMD [\"npm\", \"run\", \"migrate\", \"&&\", \"node\", \"a.js\"]",
            "FROM node:22\nHEALTHCHECK CMD [\"curl\", \"-f\", \"http://127.0.0.1:3000/\", \"||\", \"exit\", \"1\"]",
        ],
        passes: [
            "FROM node:22\nCMD [\"sh\", \"-c\", \"npm run migrate && exec node a.js\"]",
            "FROM node:22\nCMD npm run migrate && node a.js",
            "FROM node:22\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/ || exit 1",
        ]
    ) { file in
        file.steps("CMD", "ENTRYPOINT", "RUN", "HEALTHCHECK").compactMap { step in
            let words = step.instruction.command
            guard step.instruction.isJSON, let word = ShellOnlyWords.first(in: words) else { return nil }
            return Violation(
                line: step.line, "\(word) reaches \(words[0]) as an argument; write: [\"sh\", \"-c\", \"...\"]")
        }
    }

    /// The shell runs the first text alone.
    static let wordBehindShellText = Rule(
        "DF061", .error, "a word stands behind the text that a shell runs",
        why:
            "sh -c runs one text; what follows it in the list is $0, $1 and so on (pubs.opengroup.org, sh, OPERANDS). A text "
            + "that ends with && is a syntax error, and options behind it are never seen.",
        catches: [
            "FROM python:3.13\nCMD [\"sh\", \"-c\", \"python manage.py migrate && \", \"gunicorn shop.wsgi\"]",
            "FROM python:3.13\nENTRYPOINT [\"/bin/bash\", \"-c\", \"uvicorn a:app\", \"--host\", \"0.0.0.0\"]",
        ],
        passes: [
            "FROM python:3.13\nCMD [\"sh\", \"-c\", \"python manage.py migrate && exec gunicorn shop.wsgi\"]",
            "FROM python:3.13\nENTRYPOINT [\"sh\", \"-c\", \"exec \\\"$0\\\" \\\"$@\\\"\", \"gunicorn\", \"shop.wsgi\"]",
            "FROM python:3.13\nENTRYPOINT [\"sh\", \"-c\", \"exec \\\"$@\\\"\", \"--\"]\nCMD [\"gunicorn\", \"shop.wsgi\"]",
        ]
    ) { file in
        file.steps("CMD", "ENTRYPOINT", "RUN").compactMap { step in
            guard step.instruction.isJSON, let found = ShellTexts.unread(in: step.instruction.command) else {
                return nil
            }
            return Violation(
                line: step.line,
                "\(found.word.prefix(40)) is no part of what the shell runs; write one text: "
                    + "[\"sh\", \"-c\", \"\(found.text.trimmed) \(found.word)\"]")
        }
    }
}
