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

extension Rule<CheckedFile<ComposeFile>> {
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
