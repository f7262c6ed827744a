// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

/// Checks folders and single files, and mends what can be mended.
public struct CheckRun: Sendable {
    /// As given; a folder is a whole repository, files are checked by the rules of their own format alone.
    private let paths: [String]
    private let baseline: String?

    /// - Parameters:
    ///   - paths: Relative to the working directory, or absolute; the working directory when empty.
    ///   - baseline: A file of accepted findings, in the place of the one that `slipway.yml` names.
    public init(paths: [String], baseline: String? = nil) {
        self.paths = paths.isEmpty ? ["."] : paths
        self.baseline = baseline
    }

    /// - Throws: ``SlipwayError`` `unreadable`, `not-a-directory`, `empty-repository`, `bad-configuration`.
    public func check() async throws -> CheckReport { try await report(on: parts()) }

    /// Makes the edits that findings carry, writes them, and checks again.
    /// - Parameter includingUnsafe: Also edits that may change what a file means.
    /// - Returns: What is left, and one line for each edit.
    public func fix(includingUnsafe: Bool) async throws -> (report: CheckReport, edits: [String]) {
        var edits: [String] = []
        for part in try parts() {
            let run = FixRun(includingUnsafe: includingUnsafe, read: part.tree.text) { texts in
                part.checker.check(part.repository(texts))
            }
            for (path, text) in run.texts.sorted(by: { $0.key < $1.key }) { try part.write(text, to: path) }
            edits += run.applied.map { "\(part.prefix)\($0.file):\($0.line): [\($0.code)] \($0.title)" }
        }
        return (try await check(), edits)
    }

    /// Writes every finding of now as accepted.
    public func writeBaseline(to path: String) throws {
        let found = try CheckRun(paths: paths).parts().flatMap { part in
            part.checker.withoutBaseline.check(part.repository([:]))
        }
        guard let folder = FileStore.canonical(Self.folder(of: path)) else {
            throw SlipwayError(.unreadable, "there is no folder for \(path)", hint: "mkdir -p \(Self.folder(of: path))")
        }
        try FileStore(root: folder).write(try JSONText.pretty(Baseline(found)) + "\n", to: Self.name(of: path))
    }

    private func report(on parts: [Part]) async throws -> CheckReport {
        var diagnostics: [Diagnostic] = []
        var texts: [String: String] = [:]
        for part in parts {
            let repository = part.repository([:])
            for diagnostic in await Self.findings(in: repository, of: part) {
                var shown = diagnostic
                shown.file = diagnostic.file.map { part.prefix + $0 }
                diagnostics.append(shown)
                guard let file = diagnostic.file, texts[part.prefix + file] == nil else { continue }
                texts[part.prefix + file] = part.tree.text(file)
            }
        }
        return CheckReport(diagnostics: diagnostics, texts: texts)
    }

    /// Detection, the files one by one and ShellCheck have nothing to do with each other.
    private static func findings(in repository: CheckedRepository, of part: Part) async -> [Diagnostic] {
        async let foreign = shellCheck(repository, of: part.root)
        async let isDetected = repository.isWhole && repository.app != nil
        async let alone = part.checker.find(repository, acrossFiles: false)
        _ = await isDetected
        let across = part.checker.find(repository, acrossFiles: true)
        return await part.checker.finish(alone + across, in: repository, with: foreign)
    }

    private static func shellCheck(_ repository: CheckedRepository, of folder: String?) async -> [Diagnostic] {
        let scripts = repository.scripts.map(\.location)
        let runs = repository.dockerfiles.flatMap(\.runShellTexts)
        guard !scripts.isEmpty || !runs.isEmpty, let tool = ShellCheckTool() else { return [] }
        async let inRuns = tool.findings(in: runs)
        return await tool.findings(in: scripts, of: folder) + inRuns
    }

    /// One repository of the run.
    private struct Part {
        let tree: SourceTree
        let checker: Checker
        /// What stands before its paths in the report.
        let prefix: String
        /// The folder of a whole repository.
        let root: String?
        /// Formats of files whose names do not say it.
        var unusual: [String: FileFormat] = [:]
        var configuration = Configuration.none
        var policy = ImagePolicy()

        func repository(_ texts: [String: String]) -> CheckedRepository {
            let tree = tree.replacing(texts)
            let configuration = configuration
            let policy = policy
            guard let root else {
                return CheckedRepository(tree: tree, isWhole: false, unusual: unusual, policy: policy)
            }
            return CheckedRepository(
                tree: tree,
                app: {
                    let files = FileStore.canonical(root).map(FileStore.init)
                    let ledger = files.flatMap { try? $0.text(Ledger.path) }.flatMap(Ledger.init(parsing:))
                    // What Slipway wrote is no evidence about the source that it was written for.
                    let evidence = tree.without(Set(ledger?.entries.keys.map(\.self) ?? []))
                    return try? Detection.detect(evidence, configuration: configuration)
                },
                tracked: { GitIndex.paths(inFolder: root) },
                kept: { path in
                    FileStore.canonical(root).map(FileStore.init).flatMap { try? $0.text(path) }
                },
                executables: { GitIndex.executables(inFolder: root) ?? Part.executables(in: root, of: tree) },
                policy: policy,
                sizes: {
                    let files = try? FolderFiles.read(root, isSorted: false)
                    return files?.map { BuildContext.File(path: $0.path, sizeInBytes: $0.sizeInBytes) } ?? []
                })
        }

        /// Scripts that the disk lets run, where no git says it: what Docker would copy and mount.
        private static func executables(in root: String, of tree: SourceTree) -> Set<String>? {
            guard let files = FileStore.canonical(root).map(FileStore.init) else { return nil }
            let endings = [".py", ".rb", ".php", ".pl", ".js", ".mjs"]
            let scripts = tree.entries.map(\.path).filter { path in
                let name = SourceTree.Entry(path: path).name
                return FileFormat(path: path) == .shell || !name.contains(".")
                    || endings.contains(where: name.hasSuffix)
            }
            return Set(scripts.filter { (files.permissions(of: $0) ?? 0) & 0o111 != 0 })
        }

        func write(_ text: String, to path: String) throws {
            let folder = root ?? CheckRun.folder(of: path)
            let name = root == nil ? CheckRun.name(of: path) : path
            guard let absolute = FileStore.canonical(folder) else { return }
            let files = FileStore(root: absolute)
            // A byte order mark is not part of the text that the rules see.
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let hasMark = try files.read(name).starts(with: mark)
            try files.write(
                (hasMark ? mark : []) + Array(text.utf8), to: name, mode: files.permissions(of: name) ?? 0o644)
        }
    }

    private func parts() throws -> [Part] {
        let folders = paths.filter(TreeReader.isFolder)
        let files = paths.filter { !TreeReader.isFolder($0) }
        var parts = try folders.map { folder in
            try part(folder: folder, prefix: folders.count + files.count > 1 ? Self.prefix(folder) : "")
        }
        if !files.isEmpty { parts.append(try part(files: files)) }
        return parts
    }

    private static func prefix(_ folder: String) -> String {
        var name = folder
        while name.hasPrefix("./") { name.removeFirst(2) }
        while name.hasSuffix("/"), name.utf8.count > 1 { name.removeLast() }
        return name == "." || name.isEmpty ? "" : name == "/" ? name : name + "/"
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private func part(folder: String, prefix: String) throws -> Part {
        let tree = try TreeReader.read(folder)
        let configuration = try Configuration.read(from: tree)
        var settings = configuration.check
        settings.baseline = try accepted(in: tree, settings)
        return Part(
            tree: tree, checker: Checker(settings: settings), prefix: prefix, root: folder,
            configuration: configuration, policy: settings.policy)
    }

    private func accepted(in tree: SourceTree, _ settings: CheckSettings) throws -> Baseline? {
        if let baseline { return try Baseline.read(baseline, from: try TreeReader.files([baseline])) }
        return try settings.baselinePath.map { try Baseline.read($0, from: tree) }
    }

    private func part(files: [String]) throws -> Part {
        let tree = try TreeReader.files(files)
        var formats: [String: FileFormat] = [:]
        for path in files where FileFormat(path: path) == nil {
            guard let format = FileFormat(contents: tree.text(path) ?? "") else {
                throw SlipwayError(
                    .unreadable, "\(path) is no file that slipway checks",
                    hint: "name a Dockerfile, a Compose file, or the folder that holds them")
            }
            formats[path] = format
        }
        // What a pre-commit hook names stands in the repository whose settings lie in the working directory.
        let folder = FileStore.canonical(".").map(FileStore.init(root:))
        let names = Configuration.fileNames.filter { folder?.exists($0) == true }
        let surroundings = names.isEmpty ? SourceTree(files: [:]) : try TreeReader.files(names)
        var settings = try Configuration.read(from: surroundings).check
        if baseline == nil, let path = settings.baselinePath {
            settings.baseline =
                folder?.exists(path) == true ? try Baseline.read(path, from: TreeReader.files([path])) : nil
        } else {
            settings.baseline = try accepted(in: surroundings, settings)
        }
        let foreign = ImagePolicy.foreignFiles.first { folder?.exists($0) == true }
            .flatMap { try? TreeReader.files([$0]).text($0) }
        let policy = foreign.map { settings.policy.completed(by: ImagePolicy(hadolint: $0)) } ?? settings.policy
        return Part(
            tree: tree, checker: Checker(settings: settings), prefix: "", root: nil, unusual: formats, policy: policy)
    }
}
