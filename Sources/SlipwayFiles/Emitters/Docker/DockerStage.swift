// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One FROM of a Dockerfile and what follows it, each instruction quoted as BuildKit reads it back.
struct DockerStage {
    let base: String
    let name: String?
    private(set) var lines: [String] = []
    private var ownFolders: [String] = []
    /// A path and what it leads to, each.
    private var ownLinks: [[String]] = []

    init(_ base: String, name: String? = nil, comment: String? = nil) {
        self.base = base
        self.name = name
        if let comment { lines += comment.split(separator: "\n").map { "# \($0)" } }
        lines.append("FROM \(base)" + (name.map { " AS \($0)" } ?? ""))
    }

    /// The whole file.
    static func print(_ stages: [DockerStage], comment: String) -> String {
        // Without a syntax directive: every BuildKit since 2020 reads what is used here, and building needs no frontend
        // from a registry.
        let head = comment.split(separator: "\n").map { "# \($0)" }
        let all = stages.flatMap { [$0.folders, $0].compactMap(\.self) }
        return ([head] + all.map(\.lines)).map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    mutating func comment(_ text: String) { lines.append("# \(text)") }
    mutating func workdir(_ path: String) { lines.append("WORKDIR \(Self.literal(path))") }
    mutating func expose(_ port: UInt16) { lines.append("EXPOSE \(port)") }
    mutating func user(_ user: String) { lines.append("USER \(user)") }
    mutating func argument(_ name: String, default value: String? = nil) {
        lines.append("ARG \(name)" + (value.map { "=" + Self.quote($0) } ?? ""))
    }
    mutating func command(_ words: [String]) { lines.append("CMD \(Self.array(words))") }
    mutating func entrypoint(_ words: [String]) { lines.append("ENTRYPOINT \(Self.array(words))") }
    mutating func instruction(_ text: String) { lines.append(text) }

    /// - Parameter value: `$NAME` in it stays a reference when `expands` is set.
    mutating func environment(_ pairs: [(String, String)], expands: Bool = false) {
        guard !pairs.isEmpty else { return }
        let words = pairs.map { "\($0)=\(Self.quote($1, expands: expands))" }
        lines.append("ENV " + words.joined(separator: " \\\n    "))
    }

    mutating func labels(_ pairs: [(String, String)]) {
        let words = pairs.map { "\($0)=\(Self.quote($1, expands: $1.hasPrefix("${")))" }
        lines.append("LABEL " + words.joined(separator: " \\\n      "))
    }

    /// - Parameters:
    ///   - commands: Shell texts, joined by `&&`, one a line.
    ///   - mounts: `type=cache,target=...`.
    mutating func run(_ commands: [String], mounts: [String] = []) {
        let flags = mounts.map { "--mount=\($0)" }
        let text = commands.joined(separator: " && ")
        // A line end, a heredoc or a backslash at the end would be the Dockerfile's own.
        if text.contains("\n") || text.contains("<<") || text.hasSuffix("\\") {
            lines.append((["RUN"] + flags + [Self.array(["sh", "-c", text])]).joined(separator: " "))
            return
        }
        let head = ["RUN"] + flags
        let separator = commands.count > 1 ? " \\\n    && " : ""
        let body = commands.count > 1 ? commands.joined(separator: separator) : text
        lines.append(head.joined(separator: " ") + (flags.isEmpty ? " " : " \\\n    ") + body)
    }

    /// - Parameter sources: Relative to the context, or absolute in the stage `from`.
    mutating func copy(_ sources: [String], to target: String, from stage: String? = nil) {
        guard !sources.isEmpty else { return }
        var words = ["COPY"]
        if let stage { words.append("--from=\(stage)") }
        let paths = sources.map(Self.pattern) + [target]
        if paths.contains(where: { $0.contains(" ") || $0.contains("\"") || $0.contains("'") || $0.contains("\\") }) {
            words.append(Self.array(paths.map(Self.literal)))
        } else {
            words += paths.map(Self.literal)
        }
        lines.append(words.joined(separator: " "))
    }

    /// Gives absolute folders to the account that runs, whatever was copied to these places before.
    ///
    /// They are made in a stage of their own. A RUN after the source would run again with each change of it; one before
    /// would lose its owner to a folder of the same name that comes with the source or out of the build. This copy is
    /// the same layer every time.
    ///
    /// - Parameter files: Files beside the code that the process writes; they lead to where they are kept.
    mutating func own(_ folders: [String], linking files: [(path: String, target: String)] = []) {
        guard !folders.isEmpty else { return }
        ownFolders = Set(folders).sorted()
        ownLinks = files.map { [$0.path, $0.target] }
        copy([Self.foldersRoot], to: "/", from: Self.foldersName)
    }

    private static let foldersName = "folders"
    private static let foldersRoot = "/folders"

    private var folders: DockerStage? {
        guard !ownFolders.isEmpty else { return nil }
        var stage = DockerStage(
            base, name: Self.foldersName, comment: "What the process may write to; a change of the source leaves it be."
        )
        let paths = ownFolders.map { ShellWord.quote(Self.foldersRoot + $0) }
        let parents = Set(ownLinks.map { Self.foldersRoot + Self.parent(of: $0[0]) }).sorted().map(ShellWord.quote)
        stage.run(
            ["install -d -o 1000 -g 1000 " + paths.joined(separator: " ")]
                + (parents.isEmpty ? [] : ["mkdir -p " + parents.joined(separator: " ")])
                + ownLinks.map { "ln -s \(ShellWord.quote($0[1])) \(ShellWord.quote(Self.foldersRoot + $0[0]))" })
        return stage
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// What apt leaves besides the packages: lists, copies, and times that make each build of the layer another one.
    static let aptCleanUp =
        "rm -rf /var/lib/apt/lists/* /var/lib/dpkg/status-old /var/cache/ldconfig/* /var/log/apt/* /var/log/*.log"

    /// Debian packages: only what is named, with retries, and nothing left behind.
    mutating func install(_ packages: [String]) {
        guard !packages.isEmpty else { return }
        // Debian keeps one version of a package, so a pinned one cannot be installed any more after the next fix.
        lines.append("# hadolint ignore=DL3008")
        run([
            "apt-get -o Acquire::Retries=3 update",
            "apt-get -o Acquire::Retries=3 install -y --no-install-recommends "
                + packages.sorted().map(ShellWord.quote).joined(separator: " "),
            Self.aptCleanUp,
        ])
    }

    mutating func healthcheck(_ words: [String]?, startPeriod: Int = 30) {
        guard let words else {
            comment("No port to ask; the platform starts the process again when it ends.")
            lines.append("HEALTHCHECK NONE")
            return
        }
        lines.append(
            "HEALTHCHECK --interval=15s --timeout=5s --start-period=\(startPeriod)s --retries=3 \\\n    CMD "
                + Self.array(words))
    }

    static func array(_ words: [String]) -> String {
        "[" + words.map(JSONText.quote).joined(separator: ", ") + "]"
    }

    /// Text in which `$` is no reference (docs.docker.com/reference/dockerfile/#environment-replacement).
    private static func literal(_ text: String) -> String { text.swapping("$", with: "\\$") }

    /// A path that matches only itself: COPY takes Go's patterns.
    private static func pattern(_ path: String) -> String {
        path.reduce(into: "") { result, character in
            if "*?[".contains(character) { result += "[\(character)]" } else { result.append(character) }
        }
    }

    /// A value of ENV, LABEL or ARG.
    static func quote(_ value: String, expands: Bool = false) -> String {
        let isBare =
            !value.isEmpty
            && value.utf8.allSatisfy { $0.isNameByte || "-.,:/@%+=".utf8.contains($0) }
        guard !isBare else { return value }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "$" where !expands: quoted += "\\$"
            case "\n", "\r": quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
