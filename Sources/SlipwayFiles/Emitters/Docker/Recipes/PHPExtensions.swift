// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// PHP extensions that the code asks for and the official image leaves to be built, with the headers that each needs
/// (hub.docker.com/_/php, "How to install more PHP extensions").
struct PHPExtensions {
    /// Built by `docker-php-ext-install`.
    private static let own: [String: [String]] = [
        "bcmath": [], "bz2": ["libbz2-dev"], "calendar": [], "exif": [],
        "gd": ["libfreetype6-dev", "libjpeg-dev", "libpng-dev", "libwebp-dev"], "gettext": [], "gmp": ["libgmp-dev"],
        "intl": ["libicu-dev"], "ldap": ["libldap2-dev"], "mysqli": [], "pcntl": [], "pdo_mysql": [],
        "pdo_pgsql": ["libpq-dev"], "pgsql": ["libpq-dev"], "shmop": [], "soap": ["libxml2-dev"], "sockets": [],
        "sysvmsg": [], "sysvsem": [], "sysvshm": [], "tidy": ["libtidy-dev"], "xsl": ["libxslt1-dev"],
        "zip": ["libzip-dev"],
    ]
    /// Built by `pecl install`.
    private static let contributed: [String: [String]] = [
        "apcu": [], "igbinary": [], "imagick": ["libmagickwand-dev"],
        "memcached": ["libmemcached-dev", "libssl-dev", "zlib1g-dev"], "mongodb": ["libssl-dev"], "redis": [],
    ]

    private let wanted: [String]

    init(_ input: ImageInput, version: String) {
        var names: Set<String> = []
        let uses = Set(input.layout.app.resources.filter { input.service.uses.contains($0.name) }.map(\.kind))
        if uses.contains(.postgres) { names.insert("pdo_pgsql") }
        if uses.contains(.mysql) || uses.contains(.mariadb) { names.insert("pdo_mysql") }
        if uses.contains(.mongodb) { names.insert("mongodb") }
        let manifest = input.text("composer.json") ?? ""
        if uses.contains(.redis) || uses.contains(.valkey), !manifest.contains("predis/predis") {
            names.insert("redis")
        }
        if manifest.contains("laravel/horizon") || manifest.contains("laravel/octane") { names.insert("pcntl") }
        for text in [manifest, input.text("composer.lock") ?? ""] { names.formUnion(Self.required(in: text)) }
        names.formUnion(Self.handwritten(input))
        if uses.contains(.mysql) || uses.contains(.mariadb), Self.callsMySQLi(input) { names.insert("mysqli") }
        // Part of PHP itself from 8.5 on.
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        if numbers.lexicographicallyPrecedes([8, 5]) { names.insert("opcache") }
        wanted = names.filter { $0 == "opcache" || Self.own[$0] != nil || Self.contributed[$0] != nil }.sorted()
    }

    /// Names behind `"ext-` that the project or a locked package requires: what packages suggest, and what they are
    /// developed with, is needed by nothing that runs.
    static func required(in text: String) -> Set<String> {
        guard let root = JSONDocument(parsing: text, dialect: .tolerant).root else { return [] }
        let tables = [root["platform"]] + ([root] + (root["packages"]?.sequence ?? [])).map { $0["require"] }
        let names = tables.flatMap { $0?.mapping?.entries.map(\.key) ?? [] }
        return Set(names.filter { $0.hasPrefix("ext-") }.map { $0.dropFirst(4).lowercased() })
    }

    /// What a hand-written image of the service builds: the code may need more than composer.json says.
    private static func handwritten(_ input: ImageInput) -> Set<String> {
        let folders = [input.service.directory, "."]
        let texts = input.tree.entries.lazy.filter { entry in
            (entry.name.hasPrefix("Dockerfile") || entry.name.hasSuffix(".Dockerfile"))
                && (folders.contains(entry.directory)
                    || entry.path.hasPrefix(input.service.directory == "." ? "" : input.service.directory + "/"))
        }.compactMap { input.tree.text($0.path) }
        return texts.reduce(into: []) { $0.formUnion(installed(in: $1)) }
    }

    /// Whether the code speaks to MySQL without PDO: `new mysqli(`, CodeIgniter's driver.
    private static func callsMySQLi(_ input: ImageInput) -> Bool {
        input.tree.files(ending: "php").contains { entry in
            guard entry.path.relative(to: input.service.directory) != nil, !entry.path.contains("vendor/"),
                let text = input.tree.text(entry.path)
            else { return false }
            return ["mysqli_connect(", "new mysqli(", "'MySQLi'", "\"MySQLi\""].contains(where: text.contains)
        }
    }

    /// `docker-php-ext-install -j$(nproc) mysqli exif \`
    static func installed(in dockerfile: String) -> Set<String> {
        var names: Set<String> = []
        var isInside = false
        for word in dockerfile.split(whereSeparator: \.isWhitespace) {
            if word == "docker-php-ext-install" {
                isInside = true
            } else if isInside, own[String(word)] != nil {
                names.insert(String(word))
            } else if !word.hasPrefix("-"), !word.hasPrefix("$"), !word.hasPrefix("\"$"), word != "\\" {
                // Parts of PHP itself are no end of the list: `opcache`, `pdo`.
                isInside = isInside && word.allSatisfy { $0.isLetter || $0 == "_" } && word.first?.isLowercase == true
            }
        }
        return names
    }

    /// One layer: the headers and the compiler leave with it, the libraries that the extensions load stay.
    func install(in stage: inout DockerStage) {
        guard !wanted.isEmpty else { return }
        let built = wanted.filter { Self.contributed[$0] == nil }
        let contributed = wanted.filter { Self.contributed[$0] != nil }
        let headers = Set(wanted.flatMap { Self.own[$0] ?? Self.contributed[$0] ?? [] }).sorted()
        var commands: [String] = []
        if wanted.contains("gd") {
            commands.append("docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp")
        }
        if !built.isEmpty { commands.append("docker-php-ext-install -j\"$(nproc)\" " + built.joined(separator: " ")) }
        if !contributed.isEmpty {
            commands.append("pecl install " + contributed.joined(separator: " "))
            commands.append("docker-php-ext-enable " + contributed.joined(separator: " "))
            commands.append("rm -rf /tmp/pear")
        }
        guard !headers.isEmpty else { return stage.run(commands) }
        stage.comment("The headers leave again with the layer; the libraries that the extensions load stay.")
        stage.instruction("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]")
        stage.instruction("# hadolint ignore=DL3008")
        stage.run(
            [
                "kept=\"$(apt-mark showmanual)\"", "apt-get -o Acquire::Retries=3 update",
                "apt-get -o Acquire::Retries=3 install -y --no-install-recommends " + headers.joined(separator: " "),
            ] + commands + [
                "apt-mark auto '.*' >/dev/null", "echo \"$kept\" | xargs apt-mark manual >/dev/null",
                "find /usr/local/lib/php/extensions -name '*.so' -exec ldd {} + | awk '/=> \\// { print $3 }' | sort -u "
                    + "| xargs -r realpath | xargs -r sh -c 'dpkg-query --search \"$@\" 2>/dev/null || true' sh "
                    + "| cut -d: -f1 | sort -u | xargs -r apt-mark manual >/dev/null",
                "apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false",
                DockerStage.aptCleanUp,
            ])
    }
}
