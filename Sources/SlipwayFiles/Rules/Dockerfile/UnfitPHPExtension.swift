// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build stops at the extension.
    static let phpExtensions = Rule(
        "DF057", .error, "an extension that this PHP does not have or does not fit",
        why:
            "The source of PHP holds other extensions in each version, and PECL installs the newest release unless told: "
            + "the build stops.",
        catches: [
            "FROM php:8.5-fpm-alpine\nRUN docker-php-ext-install pdo_mysql opcache",
            "FROM php:7.4-fpm\nRUN pecl install xdebug && docker-php-ext-enable xdebug",
            "FROM php:8.3-fpm\nRUN docker-php-ext-install mcrypt",
        ],
        passes: [
            "FROM php:8.4-fpm-alpine\nRUN docker-php-ext-install pdo_mysql opcache",
            "FROM php:7.4-fpm\nRUN pecl install xdebug-3.1.6 && docker-php-ext-enable xdebug",
            "FROM php:8.4-fpm\nRUN pecl install xdebug mongodb",
        ]
    ) { file in
        file.stages.flatMap { stage -> [Violation] in
            let image = ImageName(file.rootImage(of: stage))
            guard image.repository == "php", image.registry.isEmpty || image.registry == "docker.io",
                let version = PHPVersion(image.tag ?? "")
            else { return [] }
            return file.reading.steps(of: stage).filter { $0.keyword == "RUN" }.flatMap { step in
                (step.program?.commands ?? []).flatMap { command -> [Violation] in
                    misfits(command, version).map { name, message in
                        Violation(line: line(of: name, in: step, file), message)
                    }
                }
            }
        }
    }

    /// The line of a long instruction that names the extension.
    private static func line(of name: String, in step: DockerfileStep, _ file: CheckedDockerfile) -> Int {
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = min(step.instruction.endLine, lines.count)
        guard step.line < end else { return step.line }
        return (step.line...end).first { number in
            lines[number - 1].split { $0 == " " || $0 == "\t" || $0 == "\\" }.contains { $0 == name }
        } ?? step.line
    }

    private static func misfits(_ command: ShellCommand, _ version: PHPVersion) -> [(name: String, message: String)] {
        switch command.name {
        case "docker-php-ext-install":
            return command.arguments.compactMap { name in
                if let since = PHPVersion.builtIn[name], version >= since {
                    return (name, "PHP \(version) has \(name) built in; delete it from the list")
                }
                guard let gone = PHPVersion.removed[name], version >= gone else { return nil }
                return (name, "PHP \(version) has no \(name) any more; write: pecl install \(name), or delete it")
            }
        case "pecl" where command.arguments.first == "install":
            return command.arguments.dropFirst().compactMap { name in
                guard let needs = PHPVersion.newestNeeds[name], version < needs.version else { return nil }
                let release = needs.older.first { version >= $0.from }?.release ?? "VERSION"
                return (name, "the newest \(name) refuses PHP \(version); write: pecl install \(name)-\(release)")
            }
        default: return []
        }
    }
}

/// A version of PHP, and what php.net and pecl.php.net say of extensions by version.
struct PHPVersion: Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Of a tag: `8.3-fpm-alpine`.
    init?(_ tag: String) {
        let parts = tag.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { return nil }
        self.init(parts[0], parts[1])
    }

    var description: String { "\(major).\(minor)" }
    static func < (left: PHPVersion, right: PHPVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// Always compiled in since: UPGRADING of 8.5 for OPcache, of 8.0 for JSON.
    static let builtIn = ["opcache": PHPVersion(8, 5), "json": PHPVersion(8, 0)]

    /// No longer in the source since: the migration guides of php.net, "removed extensions".
    static let removed: [String: PHPVersion] = [
        "mysql": PHPVersion(7, 0), "mssql": PHPVersion(7, 0), "mcrypt": PHPVersion(7, 2), "wddx": PHPVersion(7, 4),
        "interbase": PHPVersion(7, 4), "recode": PHPVersion(7, 4), "xmlrpc": PHPVersion(8, 0),
        "imap": PHPVersion(8, 4), "pspell": PHPVersion(8, 4), "oci8": PHPVersion(8, 4), "pdo_oci": PHPVersion(8, 4),
    ]

    /// What the newest release on pecl.php.net asks for, and the last ones for older versions, by their package.xml.
    static let newestNeeds: [String: (version: PHPVersion, older: [(from: PHPVersion, release: String)])] = [
        "xdebug": (PHPVersion(8, 0), [(PHPVersion(7, 2), "3.1.6"), (PHPVersion(7, 1), "2.9.8")]),
        "mongodb": (PHPVersion(8, 1), [(PHPVersion(7, 4), "1.20.1"), (PHPVersion(7, 2), "1.16.2")]),
        "swoole": (PHPVersion(8, 1), [(PHPVersion(7, 2), "4.8.13")]),
    ]
}
