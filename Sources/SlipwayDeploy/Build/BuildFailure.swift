// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Why a build step failed, read from the last it said.
package enum BuildFailure {
    /// Headers by the Debian package that has them.
    private static let headers = [
        "Python.h": "python3-dev", "libpq-fe.h": "libpq-dev", "ffi.h": "libffi-dev", "openssl/": "libssl-dev",
        "mysql.h": "default-libmysqlclient-dev", "libxml/": "libxml2-dev libxslt1-dev", "zlib.h": "zlib1g-dev",
        "jpeglib.h": "libjpeg-dev", "magic.h": "libmagic-dev", "sqlite3.h": "libsqlite3-dev",
        "curl/": "libcurl4-openssl-dev",
        "lber.h": "libldap2-dev", "sql.h": "unixodbc-dev", "yaml.h": "libyaml-dev", "ft2build.h": "libfreetype-dev",
        "cairo.h": "libcairo2-dev", "snappy-c.h": "libsnappy-dev", "re2/": "libre2-dev", "gmp.h": "libgmp-dev",
        "bzlib.h": "libbz2-dev", "lzma.h": "liblzma-dev", "hdf5.h": "libhdf5-dev", "uuid/": "uuid-dev",
    ]

    /// A text that a tool prints, and what to do about it.
    private static let causes: [(text: String, hint: String)] = [
        ("ensurepip is not available", "apt-get install python3-venv"),
        ("No module named venv", "apt-get install python3-venv"),
        ("pg_config executable not found", "apt-get install libpq-dev   # or depend on psycopg2-binary"),
        ("pg_config: not found", "apt-get install libpq-dev"),
        ("mysql_config not found", "apt-get install default-libmysqlclient-dev"),
        ("command 'gcc' failed: No such file", "apt-get install build-essential"),
        ("unable to execute 'gcc'", "apt-get install build-essential"),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file", "apt-get install build-essential"),
        (
            "can't find Rust compiler",
            "apt-get install rustc cargo   # or choose a version with a wheel for this Python"
        ),
        ("Package 'pkg-config' not found", "apt-get install pkg-config"),
        ("ResolutionImpossible", "loosen one of the versions that conflict, named above, then run: slipway up"),
        ("conflicting dependencies", "loosen one of the versions that conflict, named above, then run: slipway up"),
        ("requires a different Python", "state the version in .python-version, then run: slipway up"),
        ("Temporary failure in name resolution", "check the network, or the proxy in HTTPS_PROXY"),
        ("getaddrinfo", "check the network, or the proxy in HTTPS_PROXY"),
        ("Failed to establish a new connection", "check the network, or the proxy in HTTPS_PROXY"),
        ("package.json and package-lock.json", "npm install   # then commit package-lock.json"),
        ("ERR_PNPM_OUTDATED_LOCKFILE", "pnpm install   # then commit pnpm-lock.yaml"),
        ("lockfile needs to be updated", "yarn install   # then commit yarn.lock"),
        ("code ERESOLVE", "npm install   # and loosen one of the versions that conflict"),
        ("code E404", "check the package's name in package.json, and the registry: npm config get registry"),
        ("code ENOTFOUND", "check the network and the registry: npm config get registry"),
        ("JavaScript heap out of memory", "NODE_OPTIONS=--max-old-space-size=4096 slipway up"),
        ("Killed", "the machine ran out of memory; see: dmesg | tail"),
    ]

    /// The error of a failed stage.
    package static func error(
        _ stage: BuildStage, command: String, end: String, lines: [String], log: String
    ) -> SlipwayError {
        let text = lines.joined(separator: "\n")
        let details = Array(lines.suffix(30)) + ["whole log: \(log)"]
        if text.contains("No space left on device") || text.contains("ENOSPC") {
            return SlipwayError(
                .diskFull, "no space left to \(stage.title)", hint: "df -h . && du -sh .slipway/builds/*",
                details: details)
        }
        let code = stage.kind == .install ? SlipwayError.Code.installFailed : .buildFailed
        return SlipwayError(
            code, "\(command) in \(stage.service) \(end)", hint: hint(text) ?? "less \(ShellWord.quote(log))",
            details: details)
    }

    /// The command or edit that helps, or `nil` when the cause is not a known one.
    package static func hint(_ text: String) -> String? {
        if let range = text.firstRange(of: "No matching distribution found for ") {
            let name = text[range.upperBound...].prefix { !$0.isNewline }
            return "correct the name or version of \(name): pip index versions \(name.prefix { isNamePart($0) })"
        }
        if let range = text.firstRange(of: "fatal error: ") {
            let file = text[range.upperBound...].prefix { $0 != ":" && !$0.isNewline }
            let package = headers.sorted { $0.key < $1.key }.first {
                file.hasPrefix($0.key) || file.hasSuffix("/" + $0.key)
            }
            if let package { return "apt-get install \(package.value)" }
        }
        if let known = causes.first(where: { text.contains($0.text) }) { return known.hint }
        for line in text.split(whereSeparator: \.isNewline).reversed() where line.hasSuffix(": not found") {
            let words = line.dropLast(": not found".count).split(separator: " ")
            if let program = words.last { return "\(program) is not installed; is it among the dependencies?" }
        }
        return nil
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-_.".contains(character)
    }
}
