// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Words that only a shell understands, in a list that no shell reads.
enum ShellOnlyWords {
    private static let all: Set<String> = ["||", "&&", "|", ">", ">>", "2>&1", ";", "2>/dev/null"]

    /// The first such word; `nil` when a shell reads the list.
    static func first(in words: [String]) -> String? {
        guard !words.contains(where: { $0 == "-c" || $0 == "-ec" || $0 == "-lc" || $0 == "-exc" || $0 == "/c" }) else {
            return nil
        }
        return words.first(where: all.contains)
    }
}

/// Lists whose text a shell runs, and words behind that text.
enum ShellTexts {
    private static let shells: Set<String> = ["sh", "bash", "ash", "dash", "zsh"]

    /// The first word behind the text of `sh -c`, which the text never asks for; `nil` without one.
    static func unread(in words: [String]) -> (text: String, word: String)? {
        let rest = words.drop { ["tini", "--", "dumb-init", "/sbin/tini", "/usr/bin/tini", "env"].contains($0) }
        guard let shell = rest.first, shells.contains(SourceTree.Entry(path: shell).name), rest.count > 3 else {
            return nil
        }
        let option = rest[rest.startIndex + 1]
        guard option.hasPrefix("-"), !option.hasPrefix("--"), option.hasSuffix("c") else { return nil }
        let (text, word) = (rest[rest.startIndex + 2], rest[rest.startIndex + 3])
        let asks = ["$0", "$1", "$@", "$*", "${1", "${@", "${0", "$#", "shift"].contains(where: text.contains)
        return asks ? nil : (text, word)
    }
}

extension Rule<CheckedFile<ComposeFile>> {
    /// The shell runs the first text alone.
    static let wordBehindShellText = Rule(
        "CO160", .error, "a word stands behind the text that a shell runs",
        why:
            "sh -c runs one text; what follows it in the list is $0, $1 and so on (pubs.opengroup.org, sh, OPERANDS). A text "
            + "that ends with && is a syntax error, and options behind it are never seen.",
        catches: [
            "services:\n  web:\n    build: .\n    command: [sh, -c, 'python manage.py migrate && ', 'gunicorn shop.wsgi']\n",
            "services:\n  web:\n    build: .\n    entrypoint: ['/bin/sh', '-c', 'uvicorn a:app', '--host', '0.0.0.0']\n",
        ],
        passes: [
            "services:\n  web:\n    build: .\n    command: [sh, -c, 'python manage.py migrate && exec gunicorn shop.wsgi']\n",
            "services:\n  web:\n    build: .\n    entrypoint: [sh, -c, 'exec \"$$@\"', start]\n    command: [gunicorn, shop.wsgi]\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            [service.node["command"], service.node["entrypoint"]].compactMap { node -> Violation? in
                guard let items = node?.sequence,
                    let found = ShellTexts.unread(in: items.compactMap(\.text)),
                    let item = items.first(where: { $0.text == found.word })
                else { return nil }
                return Violation(
                    line: item.line, column: item.position.column,
                    "\(found.word.prefix(40)) is no part of what the shell runs; write one text: "
                        + "[sh, -c, \"\(found.text.trimmed) \(found.word)\"]")
            }
        }
    }

    /// The program gets `||` as one of its arguments.
    static let shellWordInList = Rule(
        "CO049", .error, "a list holds a word that only a shell understands",
        why:
            "No shell reads a list: the program gets || or && and everything behind it as arguments, so a health check "
            + "fails for ever, and a second command never runs.",
        catches: [
            "services:\n  web:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: [CMD, wget, --spider, 'http://127.0.0.1/', '||', exit, '1']\n",
            "services:\n  web:\n    build: .\n    command: [python, manage.py, migrate, '&&', gunicorn, shop.wsgi]\n",
        ],
        passes: [
            "services:\n  web:\n    image: nginx:1.27-alpine\n    healthcheck:\n      test: [CMD-SHELL, 'wget --spider http://127.0.0.1/ || exit 1']\n",
            "services:\n  web:\n    build: .\n    command: [sh, -c, 'python manage.py migrate && exec gunicorn shop.wsgi']\n",
            "services:\n  web:\n    build: .\n    command: python manage.py migrate\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let check = service.node.at("healthcheck", "test")
            let lists = [check, service.node["command"], service.node["entrypoint"]]
            return lists.compactMap { node -> Violation? in
                guard let items = node?.sequence, items.first?.text != "CMD-SHELL",
                    let word = ShellOnlyWords.first(in: items.compactMap(\.text)),
                    let item = items.first(where: { $0.text == word })
                else { return nil }
                let words = items.compactMap(\.text)
                let isCheck = words.first == "CMD" && node == check
                return Violation(
                    line: item.line, column: item.position.column,
                    "\(word) reaches \(isCheck ? words.dropFirst().first ?? "" : words[0]) as an argument; write: "
                        + (isCheck ? "[CMD-SHELL, \"...\"]" : "[sh, -c, \"...\"]"))
            }
        }
    }
}
