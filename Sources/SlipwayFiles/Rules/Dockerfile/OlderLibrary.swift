// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// version `GLIBC_2.39' not found
    static let olderLibrary = Rule(
        "DF092", .error, "a program built on a newer Debian runs on an older one",
        why:
            "A program asks for the glibc that it was linked with and later ones. Since August 2025 the images of rust and gcc are "
            + "Debian 13 where their tag says no other: on Debian 12 the program ends with: version `GLIBC_2.39' not found.",
        catches: [
            "FROM rust:1.92-slim AS build\nRUN cargo build --release\nFROM debian:bookworm-slim\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]\n",
            "FROM rust:1.90-trixie AS build\nRUN cargo build --release\nFROM gcr.io/distroless/cc-debian12\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]\n",
        ],
        passes: [
            "FROM rust:1.92-slim-bookworm AS build\nRUN cargo build --release\nFROM debian:bookworm-slim\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]\n",
            "FROM rust:1.92-slim AS build\nRUN cargo build --release\nFROM debian:trixie-slim\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]\n",
            "FROM rust:1.80-slim AS build\nRUN cargo build --release\nFROM debian:bookworm-slim\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]\n",
            "FROM rust:1.92 AS build\nRUN cargo build --release --target x86_64-unknown-linux-musl\nFROM debian:bookworm-slim\nCOPY --from=build /target/x86_64-unknown-linux-musl/release/web /web\n",
        ]
    ) { file in
        guard let last = file.stages.last, let base = file.finalBase, let runs = debian(of: base), runs < 13 else {
            return []
        }
        return file.lineage(of: last).compactMap { copy in
            guard copy.keyword == "COPY", let from = copy.flag("from")?.value, let source = copy.arguments.first,
                source.contains("target/release/"),
                let stage = file.reading.file.stage(from, in: file.stages), stage.index != last.index
            else { return nil }
            let root = file.rootImage(of: stage)
            let builder = ImageName(root)
            let text = file.lineage(of: stage).filter { ["RUN", "ENV"].contains($0.keyword) }.map(\.text).joined()
            guard builder.registry.isEmpty, builder.repository == "rust", isNewest(builder), text.contains("cargo"),
                !text.contains("musl"), !text.contains("crt-static"), !text.contains("zigbuild")
            else { return nil }
            let version = String((builder.tag ?? "").prefix { $0.isNumber || $0 == "." })
            return Violation(
                line: copy.line,
                "\(root) is Debian 13, and this program does not start on the older glibc of \(base); write: FROM "
                    + "rust:\(version.isEmpty ? "1" : version)-slim-bookworm, or take a base of Debian 13 (trixie)"
            )
        }
    }

    private static func debian(of base: String) -> Int? {
        let names: [(sign: String, release: Int)] = [
            ("bookworm", 12), ("bullseye", 11), ("buster", 10), ("debian12", 12), ("debian11", 11), ("debian:12", 12),
            ("debian:11", 11), ("ubuntu:22.04", 12), ("ubuntu:20.04", 11),
        ]
        return names.first { base.contains($0.sign) }?.release
    }

    /// Whether the image of rust is the newest Debian's: by its tag's word, or without one since 1.90.
    private static func isNewest(_ image: ImageName) -> Bool {
        let tag = image.tag ?? "latest"
        if tag.contains("trixie") { return true }
        guard !["bookworm", "bullseye", "buster", "alpine"].contains(where: tag.contains), image.digest == nil else {
            return false
        }
        let parts = tag.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        return parts.count < 2 || parts[0] == 1 && parts[1] >= 90
    }
}
