// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The loader that the program asks for is not in the image.
    static let linkedToAnotherLibrary = Rule(
        "DF054", .error, "a program built on Debian runs on Alpine or in an empty image",
        why: "Built with glibc, the program asks for a loader that Alpine and scratch do not have: the container ends "
            + "with \"no such file or directory\", though the file is there.",
        catches: [
            "FROM golang:1.24 AS build\nRUN go build -o /app/server .\nFROM alpine:3.22\nCOPY --from=build /app/server /server\nCMD [\"/server\"]",
            "FROM rust:1.90 AS build\nWORKDIR /app\nRUN cargo build --release\nFROM alpine:3.22\nCOPY --from=build /app/target/release/web /web\nCMD [\"/web\"]",
            "FROM rust:1.90 AS build\nWORKDIR /app\nRUN cargo build --release\nFROM scratch\nCOPY --from=build /app/target/release/web /web\nENTRYPOINT [\"/web\"]",
        ],
        passes: [
            "FROM golang:1.24 AS build\nRUN CGO_ENABLED=0 go build -o /app/server .\nFROM alpine:3.22\nCOPY --from=build /app/server /server\nCMD [\"/server\"]",
            "FROM golang:1.24 AS build\nENV CGO_ENABLED=0\nRUN go build -o /app/server .\nFROM scratch\nCOPY --from=build /app/server /server\nCMD [\"/server\"]",
            "FROM golang:1.24-alpine AS build\nRUN go build -o /app/server .\nFROM alpine:3.22\nCOPY --from=build /app/server /server\nCMD [\"/server\"]",
            "FROM golang:1.24 AS build\nRUN go build -o /app/server .\nFROM alpine:3.22\nRUN apk add --no-cache gcompat\nCOPY --from=build /app/server /server\nCMD [\"/server\"]",
            "FROM rust:1.90 AS build\nRUN cargo build --release --target x86_64-unknown-linux-musl\nFROM scratch\nCOPY --from=build /target/x86_64-unknown-linux-musl/release/web /web\nCMD [\"/web\"]",
            "FROM rust:1.90 AS build\nRUN cargo build --release\nFROM debian:12-slim\nCOPY --from=build /target/release/web /web\nCMD [\"/web\"]",
            "FROM golang:1.24 AS build\nRUN go build -o /app/tool .\nFROM alpine:3.22\nCOPY --from=build /app/docs /docs\nCMD [\"/docs/run\"]",
        ]
    ) { file in
        guard let last = file.stages.last, let base = file.finalBase else { return [] }
        let image = ImageName(base)
        let hasNoLoader = image.isAlpine || base == "scratch" || image.repository.hasPrefix("distroless/static")
        let instructions = file.lineage(of: last)
        let isMended = instructions.contains { instruction in
            instruction.keyword == "RUN"
                && ["gcompat", "libc6-compat", "glibc"].contains(where: instruction.text.contains)
        }
        guard hasNoLoader, !isMended else { return [] }
        return instructions.compactMap { copy -> Violation? in
            guard copy.keyword == "COPY", let from = copy.flag("from")?.value, let source = copy.arguments.first,
                let stage = file.reading.file.stage(from, in: file.stages), stage.index != last.index
            else { return nil }
            let builder = ImageName(file.rootImage(of: stage))
            guard !builder.isAlpine, builder.registry.isEmpty, builder.repository == builder.name else { return nil }
            let made = file.lineage(of: stage)
            let text = made.filter { ["RUN", "ENV", "ARG"].contains($0.keyword) }.map(\.text).joined(separator: "\n")
            switch builder.name {
            case "golang":
                let outputs = goOutputs(made)
                let name = source.split(separator: "/").last.map(String.init) ?? source
                guard outputs.contains(name), !text.contains("CGO_ENABLED"), !text.contains("-static"),
                    !text.contains("netgo")
                else { return nil }
                return Violation(
                    line: copy.line, "\(name) is linked to glibc; write: RUN CGO_ENABLED=0 go build ...")
            case "rust":
                guard source.contains("target/release/") || source.contains("/usr/local/cargo/bin/"),
                    text.contains("cargo "), !text.contains("musl"), !text.contains("crt-static")
                else { return nil }
                return Violation(
                    line: copy.line,
                    "\(source) is linked to glibc; write: FROM debian:stable-slim, or build it in: FROM rust:VERSION-alpine"
                )
            default: return nil
            }
        }
    }

    /// Names of the programs that `go build -o` writes.
    private static func goOutputs(_ instructions: [DockerfileInstruction]) -> Set<String> {
        var names: Set<String> = []
        for instruction in instructions where instruction.keyword == "RUN" && instruction.text.contains("go build") {
            let words = instruction.text.split(whereSeparator: \.isWhitespace).map(String.init)
            for (index, word) in words.enumerated() where word == "-o" && words.indices.contains(index + 1) {
                if let name = words[index + 1].split(separator: "/").last { names.insert(String(name)) }
            }
        }
        return names
    }
}
