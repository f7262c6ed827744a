// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// gunicorn's example has the line.
    static let openUmask = Rule(
        "EN274", .warning, "every account of the machine may change what the server writes",
        why:
            "With umask 0 new files and folders are writable for everybody: another program that is broken into can change them.",
        catches: [
            ["gunicorn.conf.py": "workers = 2\numask = 0\n"],
            ["app.service": "[Service]\nUMask=0000\nExecStart=/srv/a\n"],
            ["entrypoint.sh": "#!/bin/sh\nset -e\numask 0000\nexec gunicorn a:app\n"],
        ],
        passes: [
            ["gunicorn.conf.py": "workers = 2\numask = 0o022\n"], ["entrypoint.sh": "#!/bin/sh\numask 0002\n"],
            ["app/models.py": "umask = 0\n"],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            let isServer = entry.name.contains("gunicorn") && entry.name.hasSuffix(".py")
            let isStart = entry.name.hasSuffix(".service") || entry.name.hasSuffix(".sh")
            guard isServer || isStart, !DevelopmentPath.isLikely(entry.path),
                let bytes = repository.tree.bytes(entry.path),
                ByteSearch.contains("ask".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let place = lines.firstIndex { line in
                let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "=" || $0 == ":" }.map(String.init)
                return words.count == 2 && words[0].lowercased() == "umask"
                    && ["0", "00", "000", "0000", "0o0", "0o000"].contains(words[1])
            }
            return place.map {
                Violation(
                    file: entry.path, line: $0 + 1,
                    "what it writes is open to every account; write: \(isServer ? "umask = 0o027" : "umask 027")")
            }
        }
    }
}
