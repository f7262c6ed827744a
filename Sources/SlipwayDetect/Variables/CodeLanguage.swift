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

    init?(file name: String) {
        if let language = Self.byName[name] {
            self = language
            return
        }
        guard let dot = name.lastIndex(of: "."), !name.hasSuffix(".d.ts"), !name.hasSuffix(".min.js"),
            let language = Self.byExtension[String(name[name.index(after: dot)...])]
        else { return nil }
        self = language
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
