// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Cargo compares times: a copied source is older than the program that was made of the stub.
    static let cargoEmptyProgram = Rule(
        "DF097", .error, "the image ships the empty program that was compiled for the cache",
        why:
            "Cargo decides by the times of files, and COPY keeps those of the checkout, which is older than the build of "
            + "the stub. Nothing is compiled again, and the container ends at once with code 0.",
        catches: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src\nCOPY src ./src\nRUN cargo build --release\n",
                "Cargo.toml": "[package]\nname = \"a\"\n", "Cargo.lock": "", "src/main.rs": "fn main() { serve() }\n",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nRUN cargo new --bin app\nWORKDIR /app\nCOPY Cargo.* ./\nRUN cargo build --release\nRUN rm src/*.rs\nCOPY . .\nRUN cargo build --release --locked\n",
                "Cargo.toml": "[package]\nname = \"app\"\n", "Cargo.lock": "", "src/main.rs": "fn main() { serve() }\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src\nCOPY src ./src\nRUN touch src/main.rs && cargo build --release\n",
                "Cargo.toml": "[package]\nname = \"a\"\n", "Cargo.lock": "", "src/main.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src target/release/deps/a*\nCOPY src ./src\nRUN cargo build --release\n",
                "Cargo.toml": "[package]\nname = \"a\"\n", "Cargo.lock": "", "src/main.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src\nCOPY src ./src\nRUN cargo build --release\n",
                "Cargo.toml": "[package]\nname = \"a\"\n", "Cargo.lock": "", "src/main.rs": "", "src/lib.rs": "",
            ],
            [
                "Dockerfile":
                    "FROM rust:1.90 AS build\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n",
                "Cargo.toml": "[package]\nname = \"a\"\n", "Cargo.lock": "", "src/main.rs": "",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, file.text.contains("cargo build") else { return [] }
        return file.stages.compactMap { stage in
            let made = file.lineage(of: stage)
            guard let stub = made.firstIndex(where: CargoEmptyProgram.isWritten),
                let first = made[stub...].firstIndex(where: CargoEmptyProgram.isBuild),
                let copy = made[(first + 1)...].firstIndex(where: { ["COPY", "ADD"].contains($0.keyword) }),
                let again = made[copy...].firstIndex(where: CargoEmptyProgram.isBuild),
                stage.instructions.contains(where: { $0.line == made[again].line }),
                CargoEmptyProgram.isReleased(made[first]) == CargoEmptyProgram.isReleased(made[again]),
                !made[first...again].contains(where: CargoEmptyProgram.isUndone),
                !CargoEmptyProgram.hasMore(file, than: made[stub...first].map(\.text).joined())
            else { return nil }
            return Violation(
                line: made[again].line,
                "cargo takes the stub of line \(made[first].line) for up to date, because what COPY brings is older; write: "
                    + "RUN find . -name '*.rs' -exec touch {} + && cargo build …")
        }
    }
}

/// The trick that compiles dependencies before the sources are there.
private enum CargoEmptyProgram {
    static func isWritten(_ instruction: DockerfileInstruction) -> Bool {
        guard instruction.keyword == "RUN" else { return false }
        let text = instruction.text
        return text.contains("fn main") && text.contains("main.rs")
            || ["cargo new", "cargo init"].contains(where: text.contains)
    }

    static func isBuild(_ instruction: DockerfileInstruction) -> Bool {
        instruction.keyword == "RUN" && instruction.text.contains("cargo build")
    }

    static func isReleased(_ instruction: DockerfileInstruction) -> Bool { instruction.text.contains("release") }

    /// Makes the sources newer, or takes away what was built.
    static func isUndone(_ instruction: DockerfileInstruction) -> Bool {
        guard instruction.keyword == "RUN" else { return instruction.text.contains("--from=") }
        let text = instruction.text
        // A stub of a library is often made with touch as well.
        let touches = text.split(separator: "touch ").dropFirst().contains { !$0.hasPrefix("src/lib.rs") }
        return touches || text.contains("cargo clean") || text.contains("--target-dir")
            || text.split { "&;|\n".contains($0) }.contains { $0.contains("rm ") && $0.contains("target") }
    }

    /// Whether the project has a target that the stub did not have: what depends on it is compiled anew.
    static func hasMore(_ file: CheckedDockerfile, than stub: String) -> Bool {
        let context = ContextFiles.contexts(file).first ?? "."
        let names = file.repository.tree.files(under: context).filter { $0.name == "lib.rs" || $0.name == "build.rs" }
        return names.contains { !stub.contains($0.name) }
    }
}
