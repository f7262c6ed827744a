// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// All rows are public, and a clone does not start.
    static let dataDirectoryInGit = Rule(
        "AP518", .error, "the files of a database server are kept in git",
        why:
            "Whoever has the repository has every row, the accounts and the hashes of their passwords. And git keeps no "
            + "empty folders: in a clone pg_notify and others are missing, the server finds files it does not make anew, and "
            + "ends.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./data/db:/var/lib/postgresql/data\n",
                "data/db/PG_VERSION": "17\n", "data/db/global/1262": "",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./data/db:/var/lib/postgresql/data\n",
                "data/db/.gitkeep": "",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let marks = ["PG_VERSION", "ibdata1", "WiredTiger.wt"].flatMap { repository.tree.files(named: $0) }
        let folders = marks.filter { mark in
            let isRoot = mark.name != "PG_VERSION" || repository.tree.hasDirectory(mark.directory + "/global")
            return isRoot && mark.directory != "." && repository.tracked.map { $0.contains(mark.path) } != false
                && !mark.path.lowercased().contains("test") && !mark.path.contains("fixture")
        }
        // A folder inside another one is the same finding.
        let outer = folders.filter { mark in
            !folders.contains { $0.directory != mark.directory && mark.directory.hasPrefix($0.directory + "/") }
        }
        return outer.map { mark in
            let mount = repository.composeFiles.lazy.compactMap { file -> (String, Int)? in
                file.services.lazy.flatMap(\.mounts).first { mount in
                    mount.kind == .bind && mount.source.flatMap(file.resolve) == mark.directory
                }.map { (file.location, $0.position.line) }
            }.first
            return Violation(
                file: mount?.0 ?? mark.path, line: mount?.1 ?? 1,
                "git keeps the database's own files in \(mark.directory); type: git rm -r --cached \(mark.directory), add "
                    + "\(mark.directory)/ to .gitignore, and change the passwords in it")
        }
    }
}
