// SPDX-License-Identifier: Apache-2.0

/// Names that the system, the shell or a tool sets, so that nobody has to give them.
///
/// Names that one hosting platform sets (`VERCEL_URL`) stay in the contract: elsewhere they are missing.
enum PlatformVariables {
    // POSIX "Other Environment Variables", the XDG base directory specification, and what shells, npm, Cargo, Bundler
    // and CI services set for their own processes.
    private static let names: Set<String> = [
        "PATH", "HOME", "PWD", "OLDPWD", "USER", "USERNAME", "LOGNAME", "SHELL", "TERM", "TERM_PROGRAM", "COLORTERM",
        "TMPDIR", "TEMP", "TMP", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "DISPLAY", "EDITOR", "VISUAL", "PAGER",
        "HOSTNAME", "SHLVL", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "APPDATA", "LOCALAPPDATA",
        "PROGRAMFILES", "PROGRAMDATA", "USERPROFILE", "SYSTEMROOT", "WINDIR", "COMSPEC", "HOMEPATH", "HOMEDRIVE",
        "BASH_SOURCE", "BASH", "BASH_VERSION", "EUID", "UID", "GID", "PPID", "RANDOM", "SECONDS", "LINENO", "IFS",
        "OPTARG", "OPTIND", "REPLY", "FUNCNAME", "PIPESTATUS", "HOSTTYPE", "OSTYPE", "MACHTYPE", "PS1", "PS4",
        "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH", "OUT_DIR", "BUNDLE_GEMFILE", "GEM_HOME", "GEM_PATH", "RUBYOPT",
        "RUBYLIB", "NODE_PATH", "INIT_CWD", "JEST_WORKER_ID", "VITEST", "VITEST_WORKER_ID", "NEXT_RUNTIME",
        "NEXT_PHASE", "JAVA_HOME", "GOPATH", "GOROOT", "CARGO", "RUSTFLAGS", "SSH_AUTH_SOCK", "SSH_CONNECTION",
        "SUDO_USER", "PKG_CONFIG_PATH", "WSL_DISTRO_NAME",
        // For the build of a Rails image alone: a process that runs with it signs with a key that nobody keeps.
        "SECRET_KEY_BASE_DUMMY",
    ]
    private static let prefixes = ["npm_", "XDG_", "CARGO_", "BASH_", "DEP_", "__"]
    /// The mode of a framework: read everywhere, with a default in the framework itself.
    static let modes: Set<String> = [
        "NODE_ENV", "RAILS_ENV", "RACK_ENV", "MIX_ENV", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "APP_ENV",
        "FLASK_ENV", "DENO_ENV", "BUN_ENV", "GO_ENV", "GIN_MODE",
    ]

    /// What Vite defines itself: https://vite.dev/guide/env-and-mode
    static let vite: Set<String> = ["MODE", "DEV", "PROD", "SSR", "BASE_URL", "LEGACY", "VITEST"]

    static func contains(_ name: String) -> Bool {
        names.contains(name.uppercased()) || prefixes.contains { name.hasPrefix($0) }
    }

    /// The platform that sets the name by itself, for the reader of the contract.
    static func platform(_ name: String) -> String? {
        let platforms = [
            ("VERCEL_", "Vercel"), ("RAILWAY_", "Railway"), ("FLY_", "Fly.io"), ("RENDER_", "Render"),
            ("HEROKU_", "Heroku"), ("NETLIFY_", "Netlify"), ("CF_PAGES", "Cloudflare Pages"),
            ("KUBERNETES_", "Kubernetes"), ("AWS_LAMBDA_", "AWS Lambda"),
        ]
        return platforms.first { name.hasPrefix($0.0) || name + "_" == $0.0 }?.1
    }
}
