// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Debian packages behind the gems of a lock file: headers while they are compiled, libraries while they run.
struct RubyLibraries {
    /// Gems with the names that every supported Debian knows. `imagemagick` brings the library that rmagick was built
    /// for, whatever its version is called.
    private static let known: [(gem: String, build: [String], run: [String])] = [
        ("pg", ["libpq-dev"], ["libpq5"]), ("mysql2", ["default-libmysqlclient-dev"], ["libmariadb3"]),
        ("sqlite3", ["libsqlite3-dev"], ["libsqlite3-0"]), ("bootsnap", [], ["libjemalloc2"]),
        ("ruby-vips", [], ["libvips"]), ("mini_magick", [], ["imagemagick"]),
        ("rmagick", ["libmagickwand-dev"], ["imagemagick"]),
        ("charlock_holmes", ["libicu-dev", "zlib1g-dev"], ["libicu-dev"]), ("rugged", ["cmake", "libssl-dev"], []),
        ("curb", ["libcurl4-openssl-dev"], ["libcurl4"]), ("ethon", [], ["libcurl4"]),
        ("tiny_tds", ["freetds-dev"], ["libsybdb5"]), ("idn-ruby", ["libidn-dev"], ["libidn12"]),
        ("mimemagic", ["shared-mime-info"], ["shared-mime-info"]),
    ]
    /// Gems that come compiled for Linux, unless the lock file names Ruby's own platform alone.
    private static let compiled: [(gem: String, build: [String])] = [
        ("nokogiri", ["zlib1g-dev"]), ("ffi", ["libffi-dev"]),
    ]

    let headers: [String]
    let libraries: [String]

    init(_ input: ImageInput) {
        let lock = input.text("Gemfile.lock") ?? ""
        let gems = Self.gems(lock: lock, manifest: input.text("Gemfile") ?? "")
        let found = Self.known.filter { gems.contains($0.gem) }
        let sources = lock.isEmpty || lock.contains("-linux") ? [] : Self.compiled.filter { gems.contains($0.gem) }
        headers = Set(found.flatMap(\.build) + sources.flatMap(\.build)).sorted()
        libraries = Set(found.flatMap(\.run)).sorted()
    }

    /// Names of the lock file, `    pg (1.5.4)`, and those that the Gemfile asks for where there is none.
    private static func gems(lock: String, manifest: String) -> Set<String> {
        var names: Set<String> = []
        for line in lock.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[1].hasPrefix("("), line.hasPrefix("    "), !line.hasPrefix("     ") else {
                continue
            }
            names.insert(String(words[0]))
        }
        for line in manifest.split(separator: "\n") {
            let text = line.drop { $0 == " " || $0 == "\t" }
            guard text.hasPrefix("gem "), let quote = text.dropFirst(4).first, quote == "\"" || quote == "'" else {
                continue
            }
            names.insert(String(text.dropFirst(5).prefix { $0 != quote }))
        }
        return names
    }
}
