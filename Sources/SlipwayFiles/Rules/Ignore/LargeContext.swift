// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Minutes of sending before the first instruction.
    static let largeContext = Rule(
        "DI007", .warning, "a build sends hundreds of megabytes",
        why: "COPY . sends the whole context to the builder before the first instruction and puts it into the image: "
            + "the build is slow, its cache is lost with every file that changes, and the image is large.",
        catches: [
            RuleExample(
                [".dockerignore": "dist\n", "Dockerfile": "FROM node:22\nCOPY . /app\n", "package.json": "{}"],
                sizes: ["node_modules/a.js": 300 << 20, "src/a.ts": 1]),
            RuleExample(
                ["web/Dockerfile": "FROM node:22\nCOPY . /app\n", "web/package.json": "{}"],
                sizes: ["web/media/a.mp4": 150 << 20, "web/media/b.mp4": 150 << 20]),
        ],
        passes: [
            RuleExample(
                [".dockerignore": "node_modules\n", "Dockerfile": "FROM node:22\nCOPY . /app\n", "package.json": "{}"],
                sizes: ["node_modules/a.js": 300 << 20, "src/a.ts": 1]),
            RuleExample(
                ["Dockerfile": "FROM node:22\nCOPY package.json /app/\n", "package.json": "{}"],
                sizes: ["node_modules/a.js": 300 << 20]),
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return repository.dockerfiles.compactMap { dockerfile in
            guard let copy = ContextFiles.wholeCopies(dockerfile).first,
                let context = ContextFiles.contexts(dockerfile).first,
                let sent = ContextSize(of: dockerfile, in: context), sent.sizeInBytes >= ContextSize.large,
                seen.insert(context).inserted
            else { return nil }
            let parts = sent.largest.map { "\($0.name) \($0.sizeInBytes >> 20) MB" }.joined(separator: ", ")
            return Violation(
                file: sent.ignoreFile ?? dockerfile.location, line: sent.ignoreFile == nil ? copy.line : 1,
                "the context of \(dockerfile.location) has \(sent.sizeInBytes >> 20) MB (\(parts)); "
                    + "add to \(sent.ignoreFile ?? ContextFiles.join(context, ".dockerignore")) what the image does not need"
            )
        }
    }
}

/// What a build with a context sends to the builder.
struct ContextSize {
    /// 200 MB take 20 s over a line of 100 Mbit/s.
    static let large = 200 << 20

    /// The ignore file that counts.
    let ignoreFile: String?
    let sizeInBytes: Int
    /// The entries of the context that weigh most, at least a tenth each.
    let largest: [(name: String, sizeInBytes: Int)]

    /// `nil` when nobody knows the sizes.
    init?(of dockerfile: CheckedDockerfile, in context: String) {
        let repository = dockerfile.repository
        let prefix = context == "." ? "" : context + "/"
        let files = repository.sizes.filter { $0.path.hasPrefix(prefix) }
        guard files.reduce(0, { $0 + $1.sizeInBytes }) >= Self.large else { return nil }
        ignoreFile = [dockerfile.location + ".dockerignore", prefix + ".dockerignore"].first(
            where: repository.tree.contains)
        let ignore = ignoreFile.flatMap(repository.tree.text).map { DockerIgnore(parsing: $0) }
        var sizes: [String: Int] = [:]
        for file in files {
            let path = String(file.path.dropFirst(prefix.count))
            guard ignore?.excludes(path) != true else { continue }
            sizes[String(path.prefix { $0 != "/" }), default: 0] += file.sizeInBytes
        }
        let total = sizes.values.reduce(0, +)
        sizeInBytes = total
        largest = sizes.filter { $0.value * 10 >= total }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
            .map { (name: $0.key, sizeInBytes: $0.value) }
    }
}
