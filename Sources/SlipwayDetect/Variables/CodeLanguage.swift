// SPDX-License-Identifier: Apache-2.0

/// The kinds of file in which a variable can be read.
enum CodeLanguage: String, CaseIterable, Sendable {
    case python, javascript, markup, prisma, go, rust, ruby, erb, php, swift, jvm, properties, csharp, elixir, shell
    case yaml

    private static let byExtension: [String: CodeLanguage] = [
        "py": .python, "pyi": .python,
        "js": .javascript, "jsx": .javascript, "mjs": .javascript, "cjs": .javascript,
        "ts": .javascript, "tsx": .javascript, "mts": .javascript, "cts": .javascript,
        "vue": .markup, "svelte": .markup, "astro": .markup, "html": .markup, "ejs": .markup, "mdx": .markup,
        "prisma": .prisma, "go": .go, "rs": .rust,
        "rb": .ruby, "ru": .ruby, "rake": .ruby, "gemspec": .ruby, "erb": .erb,
        "php": .php, "swift": .swift,
        "java": .jvm, "kt": .jvm, "kts": .jvm, "groovy": .jvm, "scala": .jvm,
        "properties": .properties, "conf": .properties,
        "cs": .csharp, "fs": .csharp, "ex": .elixir, "exs": .elixir, "heex": .elixir,
        "sh": .shell, "bash": .shell, "yml": .yaml, "yaml": .yaml,
    ]
    private static let byName: [String: CodeLanguage] = [
        "Rakefile": .ruby, "Gemfile": .ruby, "Procfile": .shell, "entrypoint": .shell, "docker-entrypoint": .shell,
    ]

    /// The endings as numbers: every file of a repository is asked, and most in vain.
    private static let byEnding: [UInt64: CodeLanguage] = {
        var endings: [UInt64: CodeLanguage] = [:]
        for (ending, language) in byExtension {
            if let number = number(ofEnding: ending.utf8[...]) { endings[number] = language }
        }
        return endings
    }()

    /// `nil` for what is longer than any ending.
    private static func number(ofEnding bytes: some Collection<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var count = 0
        for byte in bytes {
            guard count < 10 else { return nil }
            // Letters in lower case, in six bits each.
            guard byte >= 97, byte <= 122 else { return nil }
            number = number << 6 | UInt64(byte - 96)
            count += 1
        }
        return number
    }

    /// - Parameter file: Its name, or its whole path.
    init?(file: String) {
        var file = file
        guard let language = file.withUTF8({ Self.language(of: $0) }) else { return nil }
        self = language
    }

    private static func language(of path: UnsafeBufferPointer<UInt8>) -> CodeLanguage? {
        let start = path.lastIndex(of: Byte.slash).map { $0 + 1 } ?? 0
        let name = path[start...]
        guard let dot = name.lastIndex(of: Byte.dot) else {
            return byName[String(decoding: name, as: UTF8.self)]
        }
        guard let number = number(ofEnding: name[(dot + 1)...]), let language = byEnding[number] else { return nil }
        return endsWith(".d.ts", name) || endsWith(".min.js", name) ? nil : language
    }

    private static func endsWith(_ ending: StaticString, _ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let ending = UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount)
        return name.count >= ending.count && name.suffix(ending.count).elementsEqual(ending)
    }

    /// How such a file is cut into tokens; `nil` where readers look at the text itself.
    func rules(_ path: String) -> LexicalRules? {
        switch self {
        case .javascript: .javaScript
        case .markup: .markup
        case .prisma: .javaScript
        case .go: .go
        case .rust: .rust
        case .ruby: .ruby
        case .php: .php
        case .swift: .swift
        case .jvm: .jvm
        case .csharp: .cSharp
        case .elixir: .elixir
        case .python, .erb, .properties, .shell, .yaml: nil
        }
    }

    /// Whether code of this kind runs in services of that language; `nil` languages are plain files.
    func serves(_ language: String?) -> Bool {
        switch self {
        case .python: language == "python"
        case .javascript, .markup, .prisma:
            language == "javascript" || language == "typescript" || language == "node" || language == "deno"
                || language == "bun"
        case .go: language == "go"
        case .rust: language == "rust"
        case .ruby, .erb: language == "ruby"
        case .php: language == "php"
        case .swift: language == "swift"
        case .jvm, .properties: language == "java" || language == "kotlin" || language == "scala"
        case .csharp: language == "csharp" || language == "dotnet" || language == "c#"
        case .elixir: language == "elixir"
        case .shell, .yaml: true
        }
    }

    /// Strings of which a file must hold one to be worth reading; compared without case.
    var needles: [String] {
        switch self {
        case .python:
            [
                "os.environ", "environ.", "environ[", "import environ", "getenv", "dotenv", "environs", "env(", "env.",
                "env[", "envvar", "basesettings", "decouple", "starlette.config", "dj_database_url", "prefixed_env",
            ]
        case .javascript, .markup:
            ["env", "configservice", "runtimeconfig", "next-auth", "@auth/", "%vite_", "%react_app_"]
        case .go: ["env", "config", "conf."]
        case .prisma, .rust, .ruby, .erb, .php, .swift, .csharp, .elixir: ["env", "config"]
        case .jvm: ["env", "@value", "getproperty"]
        case .properties, .shell: ["$"]
        case .yaml: ["${", "%env(", "<%"]
        }
    }
}
