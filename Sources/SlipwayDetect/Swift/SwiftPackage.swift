// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A `Package.swift`, read without running it.
struct SwiftPackage {
    struct Program {
        /// The name of the executable.
        var name: String
        var target: String
        /// Folder of its sources.
        var folder: String
        /// Names of products and targets that it depends on, those of its own targets included.
        var dependencies: Set<String>
        var line: Int
    }

    let path: String
    let directory: String
    /// `6.1` of the first line.
    let toolsVersion: String?
    private(set) var programs: [Program] = []

    private struct Target {
        var name: String
        var isExecutable: Bool
        var folder: String
        var dependencies: Set<String>
        var line: Int
    }

    init?(_ path: String, in tree: SourceTree) {
        guard let bytes = tree.bytes(path) else { return nil }
        self.path = path
        directory = path.parentDirectory
        let first = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        toolsVersion = first.contains("swift-tools-version") ? VersionText.plain(first) : nil
        let code = Code(path: path, language: .swift, bytes: bytes)
        var targets: [String: Target] = [:]
        let products = Self.products(code)
        var executables: [(name: String, targets: [String], line: Int)] = []
        for index in 0..<code.count where code.isMark(index - 1, ".") && code.isMark(index + 1, "(") {
            // `.target(name:)` in a list of dependencies names a target that is declared elsewhere.
            if let list = code.parent(index), code.isWord(list - 2, "dependencies") { continue }
            guard let word = code.word(index) else { continue }
            let arguments = code.arguments(index + 1)
            let name = code.argument("name", in: arguments).flatMap { code.string($0.lowerBound) }
            if ["target", "executableTarget"].contains(word), let name, !Self.isDependency(index, code) {
                let listed = code.argument("dependencies", in: arguments)
                let names =
                    listed.map { range in
                        Set(
                            range.flatMap {
                                [code.string($0), code.word($0).flatMap { products[$0] }].compactMap(\.self)
                            })
                    } ?? []
                let given = code.argument("path", in: arguments).flatMap { code.string($0.lowerBound) }
                let folder = directory.appending(path: given ?? "Sources/\(name)")
                let isProgram = word == "executableTarget" || tree.contains(folder.appending(path: "main.swift"))
                targets[name] = Target(
                    name: name, isExecutable: isProgram, folder: folder, dependencies: names, line: code.line(index))
            } else if word == "executable", let name {
                let listed = code.argument("targets", in: arguments).map { $0.compactMap { code.string($0) } } ?? []
                executables.append((name, listed, code.line(index)))
            }
        }
        for target in targets.values.sorted(by: { $0.line < $1.line }) where target.isExecutable {
            let product = executables.first { $0.targets.contains(target.name) }
            programs.append(
                Program(
                    name: product?.name ?? target.name, target: target.name, folder: target.folder,
                    dependencies: Self.closure(of: target.name, targets), line: product?.line ?? target.line))
        }
    }

    /// `let vapor = Target.Dependency.product(name: "Vapor", package: "vapor")`
    private static func products(_ code: Code) -> [String: String] {
        var found: [String: String] = [:]
        for index in 0..<code.count where code.isWord(index, "let") {
            guard let name = code.word(index + 1),
                let call = (index + 2..<min(index + 12, code.count)).first(where: {
                    code.isWord($0, "product") && code.isMark($0 + 1, "(")
                }), code.line(call) == code.line(index),
                let product = code.argument("name", in: code.arguments(call + 1))
            else { continue }
            found[name] = code.string(product.lowerBound)
        }
        return found
    }

    /// `.target(name: "App")` among the dependencies of another target names one instead of making one.
    private static func isDependency(_ index: Int, _ code: Code) -> Bool {
        code.parent(index).map { code.isWord($0 - 2, "dependencies") && code.isMark($0 - 1, ":") } ?? false
    }

    private static func closure(of name: String, _ targets: [String: Target]) -> Set<String> {
        var found: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            for inner in targets[next]?.dependencies ?? [] where found.insert(inner).inserted { waiting.append(inner) }
        }
        return found
    }
}
