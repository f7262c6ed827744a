// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Programs that stand beside a service's own and that people run by hand: `cmd/sync` of a Go module whose service is
/// `cmd/server`, `src/bin/seed.rs` of a Rust package.
struct OtherPrograms {
    /// Folders whose files are such a program.
    private let folders: Set<String>
    /// Files and folders below `src/bin` of Rust packages.
    private let binaries: [String]

    init(_ tree: SourceTree, _ services: [Service]) {
        var folders: Set<String> = []
        var binaries: [String] = []
        for (directory, here) in Dictionary(grouping: services, by: \.directory) {
            let commands = here.flatMap { [$0.build, $0.start, $0.release, $0.seed] }.compactMap(\.self)
            if here.contains(where: { $0.language == "go" && $0.build?.contains("go build") == true }) {
                let own = Set(commands.flatMap { Self.packages($0, directory) })
                folders.formUnion(Self.mains(below: directory, tree).subtracting(own))
            }
            if here.contains(where: { $0.language == "rust" }) {
                binaries += Self.binaries(below: directory, tree).filter { program in
                    let name = program.lastPathComponent.split(separator: ".").first.map(String.init) ?? program
                    return !commands.contains { Self.words($0).contains(name) }
                }
            }
        }
        self.folders = folders
        self.binaries = binaries
    }

    func contains(_ path: String) -> Bool {
        if folders.contains(path.parentDirectory) { return path.hasSuffix(".go") }
        return binaries.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// The folders of the packages that a command names: `./cmd/server`, and `.`.
    private static func packages(_ command: String, _ directory: String) -> [String] {
        command.split { $0 == " " || $0 == "'" || $0 == "\"" || $0 == ";" || $0 == "&" }.compactMap { word in
            guard word == "." || word.hasPrefix("./") || word.contains("/") else { return nil }
            let inner = word.hasPrefix("./") ? String(word.dropFirst(2)) : String(word)
            let folder = inner.hasSuffix(".go") ? inner.parentDirectory : inner
            return folder.isEmpty || folder == "." ? directory : directory.appending(path: folder)
        }
    }

    private static func mains(below directory: String, _ tree: SourceTree) -> Set<String> {
        Set(
            tree.files(under: directory).filter { entry in
                guard entry.path.hasSuffix(".go"), !entry.path.hasSuffix("_test.go"), let text = tree.text(entry.path)
                else { return false }
                return text.contains("func main()") && text.contains("package main")
            }.map(\.directory))
    }

    /// `src/bin/seed.rs` and the folder `src/bin/seed`.
    private static func binaries(below directory: String, _ tree: SourceTree) -> [String] {
        let folder = directory.appending(path: "src/bin")
        let names = tree.files(under: folder).compactMap { entry in
            entry.path.relative(to: folder)?.split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted().map { folder.appending(path: $0) }
    }

    private static func words(_ command: String) -> Set<String> {
        Set(command.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }.map(String.init))
    }
}
