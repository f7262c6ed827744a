// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// error: no bin target named `server` in default-run packages
    static let cargoPrograms = Rule(
        "AP650", .error, "an image builds or copies a program that Cargo does not make",
        why:
            "A program has the name that [[bin]] gives it, or its package's, whatever its folder is called; the build ends "
            + "with: no bin target named, or COPY finds nothing.",
        catches: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release --bin server\nFROM debian:12\nCOPY --from=build /app/target/release/server /usr/local/bin/\n",
                "Cargo.toml": "[package]\nname = \"shop\"\n", "src/main.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nFROM debian:12\nCOPY --from=build /app/target/release/shop-server /usr/local/bin/shop\n",
                "Cargo.toml": "[workspace]\nmembers = [\"server\"]\n",
                "server/Cargo.toml":
                    "[package]\nname = \"shop-server\"\n[[bin]]\nname = \"shop\"\npath = \"src/main.rs\"\n",
                "server/src/main.rs": "",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release --bin shop\nFROM debian:12\nCOPY --from=build /app/target/release/shop /usr/local/bin/server\n",
                "Cargo.toml": "[package]\nname = \"shop\"\n", "src/main.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release && mv target/release/shop target/release/server\nFROM debian:12\nCOPY --from=build /app/target/release/server /usr/local/bin/\n",
                "Cargo.toml": "[package]\nname = \"shop\"\n", "src/main.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release --bin migrate\nFROM debian:12\nCOPY --from=build /app/target/release/migrate /usr/local/bin/\n",
                "Cargo.toml": "[package]\nname = \"shop\"\n", "src/main.rs": "", "src/bin/migrate/main.rs": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard unit.dockerfile.text.contains("cargo"), let context = BuildContexts.of(unit).first else { return nil }
            let made = CargoNames(below: context, of: repository.tree)
            guard !made.programs.isEmpty else { return nil }
            for instruction in unit.dockerfile.document.instructions {
                guard let (name, isPackage) = CargoNames.asked(instruction, unit.dockerfile),
                    !(isPackage ? made.packages : made.programs).contains(name)
                else { continue }
                let known = (isPackage ? made.packages : made.programs).sorted()
                return Violation(
                    file: unit.dockerfile.location, line: instruction.line,
                    "Cargo knows no \(isPackage ? "package" : "program") \(name); write: "
                        + (known.count == 1 ? known[0] : "one of \(known.prefix(5).joined(separator: ", "))"))
            }
            return nil
        }
    }
}

/// What the Cargo packages of a folder are called, and the programs that they make.
private struct CargoNames {
    private(set) var packages: Set<String> = []
    private(set) var programs: Set<String> = []

    init(below context: String, of tree: SourceTree) {
        for entry in tree.files(named: "Cargo.toml") where context == "." || entry.path.hasPrefix(context + "/") {
            guard let package = CargoPackage(tree, manifest: entry.path) else { continue }
            packages.insert(package.name)
            programs.formUnion(package.binaries(in: tree))
        }
    }

    /// The program or package that an instruction wants from the project's own build.
    static func asked(_ instruction: DockerfileInstruction, _ file: CheckedDockerfile) -> (String, isPackage: Bool)? {
        if instruction.keyword == "RUN", let line = instruction.arguments.first, line.contains("cargo build") {
            let words = line[(line.firstRange(of: "cargo build")?.lowerBound ?? line.startIndex)...]
                .prefix { !"&;|".contains($0) }.split(whereSeparator: \.isWhitespace).map(String.init)
            for (index, word) in words.enumerated() {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                guard ["--bin", "--package", "-p"].contains(parts[0]) else { continue }
                let value = parts.count == 2 ? parts[1] : words.indices.contains(index + 1) ? words[index + 1] : ""
                // A version or an address may follow a package's name.
                guard isName(value) else { continue }
                return (value, parts[0] != "--bin")
            }
        }
        guard instruction.keyword == "COPY", instruction.flag("from") != nil, instruction.arguments.count == 2,
            let source = instruction.arguments.first, source.contains("target/"),
            let mark = source.firstRange(of: "/release/") ?? source.firstRange(of: "/debug/"),
            case let name = String(source[mark.upperBound...]), isName(name),
            // Another step can have given it that name.
            !file.document.instructions.contains(where: { other in
                other.keyword == "RUN" && other.text.contains("/\(name)")
                    && ["mv ", "cp ", "ln ", "install "].contains(where: other.text.contains)
            })
        else { return nil }
        return (name, false)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_".utf8.contains($0) }
    }
}
