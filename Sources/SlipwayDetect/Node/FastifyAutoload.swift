// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Prefixes that @fastify/autoload gives to the routes of files: what a file says of itself with `autoPrefix`, otherwise
/// the folders below the one that is loaded.
struct FastifyAutoload {
    private static let packages: Set<String> = ["@fastify/autoload", "fastify-autoload"]

    private var own: [String: String] = [:]
    /// Loaded folders whose inner folders are prefixes.
    private var folders: [String] = []

    mutating func add(_ code: Code, _ path: String) {
        var loads = false
        for index in 0..<code.count {
            if code.isWord(index, "autoPrefix"), code.isMark(index + 1, "="), let prefix = code.string(index + 2) {
                own[path] = prefix.hasPrefix("/") ? prefix : "/" + prefix
            }
            if code.string(index).map(Self.packages.contains) == true { loads = true }
            guard loads, code.isWord(index, "dir"), code.isMark(index + 1, ":"), let open = code.parent(index) else {
                continue
            }
            let options = code.arguments(open)
            let value = code.argument("dir", in: options)
            let isPlain = code.argument("dirNameRoutePrefix", in: options).map { code.isWord($0.lowerBound, "false") }
            guard isPlain != true, let name = value?.last(where: { code.string($0) != nil }).flatMap(code.string),
                let folder = PathText.normalized(path.parentDirectory.appending(path: name))
            else { continue }
            folders.append(folder)
        }
    }

    /// What stands in front of every route of a file.
    func prefix(of path: String) -> String? {
        if let prefix = own[path] { return prefix }
        let folder = path.parentDirectory
        let inner = folders.compactMap { folder.relative(to: $0) }.first { $0 != "." }
        return inner.map { "/" + $0 }
    }
}
