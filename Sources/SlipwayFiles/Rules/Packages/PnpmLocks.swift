// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ERR_PNPM_NO_LOCKFILE, although the file is there.
    ///
    /// pnpm 9 brought version 9 of the file and gave version 5 up (github.com/pnpm/pnpm/releases/tag/v9.0.0).
    static let unreadablePnpmLock = Rule(
        "AP610", .error, "the pnpm that installs cannot read the lock file",
        why:
            "pnpm 8 passes over a lock file of version 9, and pnpm 9 over one of version 5. With --frozen-lockfile it then "
            + "ends with: pnpm-lock.yaml is absent, or: not compatible with current pnpm.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v2\n        with:\n          version: 8\n      - run: pnpm install --frozen-lockfile\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    strategy:\n      matrix:\n        part: [api, web]\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm install -g pnpm@8.15.0\n      - run: |\n          cd ${{ matrix.part }}\n          pnpm install --frozen-lockfile\n",
                "api/package.json": "{}", "web/package.json": "{}", "api/pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
                "web/pnpm-lock.yaml": "lockfileVersion: '6.0'\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nRUN corepack enable && corepack prepare pnpm@8.6.0 --activate\nCOPY . .\nRUN pnpm install --frozen-lockfile\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nRUN npm install -g pnpm@10\nCOPY . .\nRUN pnpm i --frozen-lockfile --prod\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: 5.4\n",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v2\n        with:\n          version: 9\n      - run: pnpm install --frozen-lockfile\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nRUN npm install -g pnpm@10\nCOPY . .\nRUN pnpm install --frozen-lockfile\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '6.0'\n",
            ],
            [
                "Dockerfile": "FROM node:22\nRUN npm install -g pnpm@8\nCOPY . .\nRUN pnpm install\n",
                "package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let locks = PnpmLock.all(in: repository.tree)
        guard !locks.isEmpty else { return [] }
        let installs = PnpmInstall.jobs(in: repository) + PnpmInstall.images(in: repository)
        return installs.compactMap { install in
            let unread = install.locks(of: locks).first { !$0.isRead(by: install.major) }
            return unread.map { lock in
                Violation(
                    file: install.file, line: install.line,
                    "pnpm \(install.major) cannot read \(lock.path), whose version is \(lock.version); write: "
                        + "\(install.form)\(lock.reader)")
            }
        }
    }
}

/// A pnpm-lock.yaml and the version of its form.
private struct PnpmLock {
    let path: String
    let folder: String
    /// `9` of `lockfileVersion: '9.0'`.
    let version: Int

    static func all(in tree: SourceTree) -> [PnpmLock] {
        tree.files(named: "pnpm-lock.yaml").compactMap { entry in
            guard !entry.path.contains("node_modules/"), let bytes = tree.bytes(entry.path),
                let line = String(decoding: bytes.prefix(400), as: UTF8.self).split(separator: "\n").first(where: {
                    $0.hasPrefix("lockfileVersion:")
                }), let version = Int(line.dropFirst(16).drop { " '\"".contains($0) }.prefix { $0.isNumber })
            else { return nil }
            return PnpmLock(path: entry.path, folder: entry.directory, version: version)
        }
    }

    func isRead(by major: Int) -> Bool {
        switch version {
        case 9...: major >= 9
        case 5: major <= 8
        default: true
        }
    }

    /// A pnpm that reads it.
    var reader: Int { version >= 9 ? 9 : 8 }
}

/// A place that says which pnpm installs by the lock file.
private struct PnpmInstall {
    let file: String
    let line: Int
    let major: Int
    /// What people write before the version.
    let form: String
    /// Where it installs.
    let folders: [String]

    /// The nearest lock file at or above each folder.
    func locks(of all: [PnpmLock]) -> [PnpmLock] {
        folders.compactMap { folder in
            all.filter { $0.folder == "." || $0.folder == folder || folder.hasPrefix($0.folder + "/") }
                .max { $0.folder.utf8.count < $1.folder.utf8.count }
        }
    }

    /// Jobs that set one pnpm up.
    static func jobs(in repository: CheckedRepository) -> [PnpmInstall] {
        let frozen = repository.toldCommands.filter { told in
            told.teller == .workflow && told.words.first == "pnpm" && told.words.contains("--frozen-lockfile")
                && !told.command.isFollowedByOr
        }
        guard !frozen.isEmpty else { return [] }
        return repository.workflows.flatMap { file -> [PnpmInstall] in
            var number = 0
            return file.jobs.compactMap { job -> PnpmInstall? in
                let first = number + 1
                number += job.steps.count
                let stated = job.steps.compactMap { version(of: $0, job, file) }
                let folders = frozen.filter { $0.file == file.location && $0.block >= first && $0.block <= number }
                    .compactMap(\.folder)
                guard stated.count == 1, !folders.isEmpty else { return nil }
                return PnpmInstall(
                    file: file.location, line: stated[0].line, major: stated[0].major, form: stated[0].form,
                    folders: folders)
            }
        }
    }

    private static func version(
        of step: WorkflowStep, _ job: WorkflowJob, _ file: CheckedFile<YAMLDocument>
    ) -> (major: Int, line: Int, form: String)? {
        if step.action == "pnpm/action-setup", let node = step.input("version"), let text = node.text {
            let name = WorkflowExpressions.all(in: text).first.flatMap { inner in
                WorkflowExpressions.paths(in: inner, of: "env").first?.last
            }
            let given = name.flatMap { job.node.at("env", $0)?.text ?? file.root?.at("env", $0)?.text } ?? text
            return Int(given.prefix { $0.isNumber }).map { ($0, node.line, "version: ") }
        }
        guard let run = step.run, let text = run.text, let major = named(in: text) else { return nil }
        return (major, file.line(in: run, containing: "pnpm@"), "pnpm@")
    }

    /// `8` of `npm install -g pnpm@8.6.0`.
    private static func named(in text: String) -> Int? {
        guard let range = TextSearch.range(of: "pnpm@", in: text[...]) else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }

    /// Stages whose pnpm one instruction chooses.
    static func images(in repository: CheckedRepository) -> [PnpmInstall] {
        repository.dockerfiles.filter { ByteSearch.contains("pnpm@", in: $0.text) }.flatMap { dockerfile in
            let stated = repository.statedContexts[dockerfile.location]
            let folders = stated.isEmpty ? [SourceTree.Entry(path: dockerfile.location).directory] : stated
            var seen: Set<Int> = []
            return dockerfile.stages.compactMap { stage -> PnpmInstall? in
                let chosen = dockerfile.lineage(of: stage).filter { $0.keyword == "RUN" && named(in: $0.text) != nil }
                guard chosen.count == 1, let major = named(in: chosen[0].text),
                    stage.instructions.contains(where: {
                        $0.keyword == "RUN" && $0.text.contains("pnpm ") && $0.text.contains("--frozen-lockfile")
                    }), seen.insert(chosen[0].line).inserted
                else { return nil }
                return PnpmInstall(
                    file: dockerfile.location, line: chosen[0].line, major: major, form: "pnpm@", folders: folders)
            }
        }
    }
}
