// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// failed to load manifest for workspace member
    static let cargoMembers = Rule(
        "DF098", .error, "cargo starts before a package that it needs is copied",
        why:
            "Cargo reads the manifests of all members and of every package that is named by a path, whichever is built; "
            + "without one of them it ends with: failed to read Cargo.toml.",
        catches: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY api ./api\nRUN cargo build --release --package api\n",
                "Cargo.toml": "[workspace]\nmembers = [\"api\", \"shared\"]\n", "Cargo.lock": "",
                "api/Cargo.toml": "[package]\nname = \"api\"\n", "api/src/main.rs": "",
                "shared/Cargo.toml": "[package]\nname = \"shared\"\n", "shared/src/lib.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.* ./\nCOPY crates/api/Cargo.toml crates/api/\nRUN mkdir crates/api/src && echo 'fn main() {}' > crates/api/src/main.rs && cargo build --release\nCOPY . .\nRUN touch crates/api/src/main.rs && cargo build --release\n",
                "Cargo.toml":
                    "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\nshared = { path = \"crates/shared\" }\n",
                "Cargo.lock": "",
                "crates/api/Cargo.toml": "[package]\nname = \"api\"\n[dependencies]\nshared.workspace = true\n",
                "crates/api/src/main.rs": "", "crates/shared/Cargo.toml": "[package]\nname = \"shared\"\n",
                "crates/shared/src/lib.rs": "",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY api ./api\nCOPY shared ./shared\nRUN cargo build --release --package api\n",
                "Cargo.toml": "[workspace]\nmembers = [\"api\", \"shared\"]\n", "Cargo.lock": "",
                "api/Cargo.toml": "[package]\nname = \"api\"\n", "api/src/main.rs": "",
                "shared/Cargo.toml": "[package]\nname = \"shared\"\n", "shared/src/lib.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY crates/api crates/api\nRUN cargo build --release\n",
                "Cargo.toml": "[workspace]\nmembers = [\"crates/*\"]\n", "Cargo.lock": "",
                "crates/api/Cargo.toml": "[package]\nname = \"api\"\n", "crates/api/src/main.rs": "",
                "crates/tool/Cargo.toml": "[package]\nname = \"tool\"\n", "crates/tool/src/main.rs": "",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, file.text.contains("cargo build"),
            let context = ContextFiles.contexts(file).first(where: {
                file.repository.tree.contains($0.appending(path: "Cargo.toml"))
            })
        else { return [] }
        for stage in file.stages {
            let made = file.lineage(of: stage)
            guard let build = made.firstIndex(where: { $0.keyword == "RUN" && $0.text.contains("cargo build") }),
                stage.instructions.contains(where: { $0.line == made[build].line })
            else { continue }
            let before = made[..<build]
            let copies = before.filter { ["COPY", "ADD"].contains($0.keyword) }
            // What another stage or a command makes is not followed.
            guard
                !copies.contains(where: { $0.flag("from") != nil || $0.text.contains("$") || !$0.heredocs.isEmpty }),
                !made[build].text.contains("type=bind"),
                !(before + [made[build]]).contains(where: { step in
                    step.keyword == "RUN"
                        && ["cargo new", "cargo init", "Cargo.toml", "git clone"].contains(where: step.text.contains)
                })
            else { continue }
            let sources = copies.flatMap { $0.arguments.dropLast() }
            let missing = CargoMembers(context, file.repository.tree).missing(among: sources)
            guard let first = missing.first else { continue }
            return [
                Violation(
                    line: made[build].line,
                    "cargo reads \(missing.prefix(3).joined(separator: ", ")) as well, which no COPY brings; "
                        + "write before it: COPY \(first) \(first)")
            ]
        }
        return []
    }
}

/// The packages of a Cargo workspace, or of one package with what it names by a path.
private struct CargoMembers {
    let context: String
    let tree: SourceTree
    private let root: DataNode?

    init(_ context: String, _ tree: SourceTree) {
        (self.context, self.tree) = (context, tree)
        root = tree.text(context.appending(path: "Cargo.toml")).flatMap { TOMLDocument(parsing: $0).root }
    }

    /// Manifests that cargo wants and that no source of a COPY brings, relative to the context.
    func missing(among sources: [String]) -> [String] {
        func isBrought(_ manifest: String) -> Bool { sources.contains { CopySource.brings($0, manifest) } }
        // A root that stands elsewhere is another one.
        guard let root, isBrought("Cargo.toml") else { return [] }
        var wanted = paths(of: root, in: ".")
        for member in root["workspace"]?["members"]?.texts ?? [] where !member.contains("*") {
            wanted.append(GoPath.clean(member))
        }
        for member in root["workspace"]?["members"]?.texts ?? [] where member.hasSuffix("/*") {
            let folder = String(member.dropLast(2))
            // A pattern takes what is there.
            wanted += tree.files(named: "Cargo.toml").compactMap { $0.path.parentDirectory.relative(to: context) }
                .filter { $0.parentDirectory == folder && isBrought($0.appending(path: "Cargo.toml")) }
        }
        var seen: Set<String> = []
        var missing: [String] = []
        while let folder = wanted.popLast() {
            let manifest = folder.appending(path: "Cargo.toml")
            guard seen.insert(folder).inserted, !folder.hasPrefix(".."),
                let text = tree.text(context.appending(path: manifest)),
                let package = TOMLDocument(parsing: text).root
            else { continue }
            if !isBrought(manifest) { missing.append(manifest) }
            wanted += paths(of: package, in: folder)
        }
        return missing.sorted()
    }

    /// Folders that a manifest's dependencies name, its own or the workspace's.
    private func paths(of package: DataNode, in folder: String) -> [String] {
        ["dependencies", "build-dependencies", "dev-dependencies"].flatMap { table in
            (package[table]?.mapping?.entries ?? []).compactMap { entry -> String? in
                if let path = entry.value["path"]?.string { return GoPath.clean(folder + "/" + path) }
                guard entry.value["workspace"]?.bool == true else { return nil }
                return root?.at("workspace", "dependencies", entry.key)?["path"]?.string.map { GoPath.clean($0) }
            }
        }
    }
}
