// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Archives that COPY brings and a RUN of the same stage unpacks.
enum CopiedArchives {
    private static let endings = [
        ".tar", ".tar.bz2", ".tb2", ".tbz", ".tbz2", ".tar.gz", ".tgz", ".tpz", ".tar.lz", ".tar.lzma", ".tlz",
        ".tar.xz", ".txz", ".tar.Z", ".tZ", ".gz", ".bz2", ".lzma", ".xz", ".Z",
    ]
    private static let unpackers: Set<String> = [
        "unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat",
    ]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var copied: [(step: DockerfileStep, names: Set<String>)] = []
        var found: Set<Int> = []
        for step in file.reading.steps {
            if step.keyword == "FROM" { copied = [] }
            if step.keyword == "COPY", step.instruction.flag("from") == nil {
                let names = archives(step.instruction.arguments)
                if !names.isEmpty { copied.append((step, names)) }
            }
            guard step.keyword == "RUN", let program = step.program else { continue }
            let unpacked = program.commands.filter(unpacks).flatMap(\.arguments).map(lastComponent)
            for entry in copied where unpacked.contains(where: entry.names.contains) { found.insert(entry.step.line) }
        }
        return found.sorted().map {
            Violation(line: $0, "the archive stays in its layer although it is unpacked; write: ADD")
        }
    }

    private static func archives(_ arguments: [String]) -> Set<String> {
        guard let target = arguments.last else { return [] }
        if !target.hasSuffix("/"), isArchive(lastComponent(target)) { return [lastComponent(target)] }
        return Set(arguments.dropLast().map(lastComponent).filter(isArchive))
    }

    static func isArchive(_ name: String) -> Bool { endings.contains(where: name.hasSuffix) }

    private static func lastComponent(_ path: String) -> String {
        let bare = path.filter { $0 != "\"" && $0 != "'" }
        return bare.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? bare
    }

    private static func unpacks(_ command: ShellCommand) -> Bool {
        if unpackers.contains(command.name) { return true }
        guard command.name == "tar" || command.name == "bsdtar" else { return false }
        return command.hasFlag("x", "extract", "get")
    }
}
