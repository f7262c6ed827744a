// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A bind mount keeps the owner that the folder has on the host.
    static let bindMountOwner = Rule(
        "AP226", .warning, "a process writes into a folder of the host that is not its own",
        why:
            "A bind mount keeps the owner that the files have on the host: whoever cloned the repository. On Linux an "
            + "account of the image is another one, and writing ends with \"permission denied\".",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./static:/app/staticfiles']\n",
                "Dockerfile":
                    "FROM python:3.13\nRUN useradd -r app\nWORKDIR /app\nCOPY . .\nUSER app\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\npython manage.py collectstatic --noinput\nexec gunicorn a.wsgi\n",
                "static/a.css": "",
            ],
            [
                "compose.yml": "services:\n  php:\n    build: .\n    volumes: ['.:/var/www/html']\n",
                "Dockerfile": "FROM php:8.4-fpm\nWORKDIR /var/www/html\nCMD [\"php-fpm\"]\n", "artisan": "",
                "composer.json": "{\"require\": {\"laravel/framework\": \"^12.0\"}}",
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./static:/app/staticfiles']\n",
                "Dockerfile":
                    "FROM python:3.13\nRUN useradd -u 1000 app\nWORKDIR /app\nCOPY . .\nUSER app\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\npython manage.py collectstatic --noinput\nexec gunicorn a.wsgi\n",
                "static/a.css": "",
            ],
            [
                "compose.yml":
                    "services:\n  php:\n    build: .\n    user: '${UID:-1000}'\n    volumes: ['.:/var/www/html']\n",
                "Dockerfile": "FROM php:8.4-fpm\nWORKDIR /var/www/html\nCMD [\"php-fpm\"]\n", "artisan": "",
                "composer.json": "{\"require\": {\"laravel/framework\": \"^12.0\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./templates:/app/templates']\n",
                "Dockerfile":
                    "FROM python:3.13\nRUN useradd -r app\nWORKDIR /app\nCOPY . .\nUSER app\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\nexec gunicorn a.wsgi\n", "templates/a.html": "",
            ],
        ]
    ) { repository in
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit -> Violation? in
            guard let service = unit.service, let compose = unit.compose, service.user == nil,
                !BindMountOwner.isMended(unit), let found = BindMountOwner.of(unit, service, compose),
                seen.insert("\(compose.location):\(unit.dockerfile.location)").inserted
            else { return nil }
            return Violation(
                file: compose.location, line: found.mount.position.line,
                "\(found.account) cannot write \(found.what) on Linux, because the folder belongs to whoever cloned it; "
                    + found.advice)
        }
    }
}

/// A mount, who writes there and what.
private struct BindMountOwner {
    let mount: ComposeMount
    let account: String
    let what: String
    let advice: String

    /// Whether the image or its start fits the accounts to each other.
    static func isMended(_ unit: DeployedUnit) -> Bool {
        let text = unit.instructions.map(\.text).joined(separator: "\n")
        let words = [
            "usermod", "groupmod", "-u 1000", "--uid 1000", "--uid=1000", "-u1000", "UID", "fixuid", "1000:1000",
            "gosu", "su-exec", "setpriv", "chown=1000",
        ]
        if words.contains(where: text.contains) { return true }
        let scripts = unit.instructions.filter { ["CMD", "ENTRYPOINT"].contains($0.keyword) }.compactMap {
            unit.script(of: $0.arguments)
        }
        let isRoot = user(of: unit) == nil
        return scripts.contains { script in
            script.lines.contains { line in
                isRoot && line.contains("chown") || line.contains("usermod")
                    || line.contains("chmod") && line.contains("777")
                    || isRoot && line.contains("setfacl")
            }
        }
    }

    private static func user(of unit: DeployedUnit) -> String? {
        guard let user = unit.instructions.last(where: { $0.keyword == "USER" })?.arguments.first,
            !["root", "0", "1000"].contains(String(user.prefix { $0 != ":" })), !user.contains("$")
        else { return nil }
        return user
    }

    static func of(_ unit: DeployedUnit, _ service: ComposeService, _ compose: CheckedFile<ComposeFile>)
        -> BindMountOwner?
    {
        let tree = compose.repository.tree
        let mounts = service.mounts.filter { mount in
            mount.kind == .bind && !mount.isReadOnly
                && mount.source.flatMap(compose.resolve).map { $0 == "." || tree.hasDirectory($0) } == true
        }
        guard !mounts.isEmpty, !isOpened(compose.repository) else { return nil }
        if let php = ofPHP(unit, service, mounts, compose) { return php }
        guard let user = user(of: unit), user != "node" else { return nil }
        let texts =
            [service.command?.text ?? ""]
            + unit.instructions.filter { ["CMD", "ENTRYPOINT"].contains($0.keyword) }.flatMap { instruction in
                [instruction.arguments.joined(separator: " ")] + (unit.script(of: instruction.arguments)?.lines ?? [])
            }
        let collects = texts.contains { $0.contains("collectstatic") && !$0.trimmed.hasPrefix("#") }
        for mount in mounts {
            let name = SourceTree.Entry(path: GoPath.clean(mount.target)).name
            if collects, name.contains("static") {
                return BindMountOwner(
                    mount: mount, account: user, what: "collectstatic's files to \(mount.target)",
                    advice: "write a volume in its place: static:\(mount.target)")
            }
            let folder = unit.dockerfile.finalWorkingFolders.last ?? "/"
            let written = (unit.app?.writableDirectories ?? []).map {
                $0.hasPrefix("/") ? $0 : GoPath.clean(folder + "/" + $0)
            }
            let target = GoPath.clean(mount.target)
            guard !compose.isForDevelopment,
                let path = written.first(where: { $0 == target || $0.hasPrefix(target + "/") })
            else { continue }
            return BindMountOwner(
                mount: mount, account: user, what: path,
                advice: "write a volume in its place, or type: chown -R UID \(mount.source ?? target)")
        }
        return nil
    }

    /// Whether a script or a guide gives the folders away on the host.
    private static func isOpened(_ repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard
                entry.name.hasSuffix(".md") || entry.name.hasSuffix(".sh")
                    || ["Makefile", "justfile"].contains(entry.name),
                let text = repository.tree.text(entry.path)
            else { return false }
            return text.split(separator: "\n").contains { line in
                (line.contains("chmod") || line.contains("chown") || line.contains("setfacl"))
                    && ["storage", "var", "static", "media", "777"].contains(where: line.contains)
                    && !line.contains("/var/run")
                    && !line.contains("2>/dev/null")
            }
        }
    }

    /// PHP-FPM's and Apache's workers run as www-data, whoever starts them.
    private static func ofPHP(
        _ unit: DeployedUnit, _ service: ComposeService, _ mounts: [ComposeMount], _ compose: CheckedFile<ComposeFile>
    ) -> BindMountOwner? {
        let tree = compose.repository.tree
        guard let base = unit.dockerfile.finalBase.map(ImageName.init), base.repository == "php",
            base.tag?.contains("fpm") == true || base.tag?.contains("apache") == true, service.command == nil
        else { return nil }
        for mount in mounts {
            guard let source = mount.source.flatMap(compose.resolve) else { continue }
            let prefix = source == "." ? "" : source + "/"
            guard let manifest = tree.text(prefix + "composer.json") else { continue }
            let folder =
                manifest.contains("\"laravel/framework\"")
                ? "storage" : manifest.contains("\"symfony/framework-bundle\"") ? "var" : nil
            guard let folder, !service.mounts.contains(where: { GoPath.clean($0.target).hasSuffix("/" + folder) })
            else { continue }
            return BindMountOwner(
                mount: mount, account: "www-data", what: "\(folder)/ below \(mount.target)",
                advice: "add to \(unit.dockerfile.location): RUN usermod -u 1000 www-data, or a volume for \(folder)/")
        }
        return nil
    }
}
