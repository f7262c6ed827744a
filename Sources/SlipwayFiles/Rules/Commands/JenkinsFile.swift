// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A shell text in a Jenkinsfile, and where it runs.
struct JenkinsStep: Equatable {
    let text: String
    /// One-based line of its first line.
    let line: Int
    /// Relative to the repository's root; `nil` when it is chosen while the pipeline runs.
    let folder: String?
    /// The image of the container that runs it; `nil` for the machine of the agent.
    let image: String?
}

/// Reads the `sh` steps of a Jenkinsfile, byte by byte: Groovy's blocks say in which folder and container they run.
struct JenkinsFile {
    private(set) var steps: [JenkinsStep] = []
    /// Whether Jenkins installs tools before the first step.
    private(set) var hasTools = false

    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    /// What the open blocks say, the outermost first.
    private var blocks: [(word: String, folder: String?, image: String?)] = []

    init(parsing text: String) {
        bytes = Array(text.utf8)
        read()
    }

    private var folder: String? { blocks.last.map(\.folder) ?? "." }
    private var image: String? { blocks.last.flatMap(\.image) }

    private mutating func read() {
        var word = ""
        var before: [String] = []
        var text: String?
        while place < bytes.count {
            let byte = bytes[place]
            if isLetter(byte) {
                word.append(Character(UnicodeScalar(byte)))
                place += 1
                continue
            }
            if !word.isEmpty { before.append(word) }
            word = ""
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                let start = line
                let found = string()
                take(found, after: before, at: start)
                text = found
            case UInt8(ascii: "/") where next(1) == UInt8(ascii: "/"): skipLine()
            case UInt8(ascii: "/") where next(1) == UInt8(ascii: "*"): skipRemark()
            case UInt8(ascii: "{"):
                open(before, text)
                (before, text) = ([], nil)
                place += 1
            case UInt8(ascii: "}"):
                if !blocks.isEmpty { blocks.removeLast() }
                (before, text) = ([], nil)
                place += 1
            case UInt8(ascii: "\n"):
                if before.first == "agent", before.count == 2, text == nil { setImage(nil) }
                if !(before.last == "sh" && text == nil) { (before, text) = (before.last == "dir" ? before : [], nil) }
                line += 1
                place += 1
            default: place += 1
            }
        }
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
    private func next(_ offset: Int) -> UInt8? {
        bytes.indices.contains(place + offset) ? bytes[place + offset] : nil
    }

    private mutating func open(_ words: [String], _ text: String?) {
        let word = words.last { $0 != "agent" || words.count == 1 } ?? ""
        if words.contains("tools") { hasTools = true }
        var folder = folder
        if words.contains("dir") {
            folder = folder.flatMap { base in
                guard let text, ToldCommand.isPlain(text), !text.hasPrefix("/") else { return nil }
                return GoPath.clean(base + "/" + text)
            }
        } else if words.contains("ws") || words.contains("container") {
            folder = nil
        }
        blocks.append((word, folder, image))
    }

    /// A text in quotes: a step's shell, or an agent's image.
    private mutating func take(_ text: String, after words: [String], at start: Int) {
        if words.first == "sh", words.count == 1 || words.last == "script" {
            let lead = text.hasPrefix("\n") ? 1 : 0
            steps.append(
                JenkinsStep(text: String(text.dropFirst(lead)), line: start + lead, folder: folder, image: image))
        } else if words.last == "image" || words == ["docker"] || words == ["agent", "docker"] {
            setImage(text.contains("$") ? nil : text)
        } else if words.last == "label" {
            setImage(nil)
        }
    }

    /// The block around `agent` runs in the image: a stage, or the whole pipeline.
    private mutating func setImage(_ text: String?) {
        let place = blocks.lastIndex { !["docker", "agent"].contains($0.word) }
        guard let place else { return }
        for index in place..<blocks.count { blocks[index].image = text }
    }

    private mutating func string() -> String {
        let quote = bytes[place]
        let isLong = next(1) == quote && next(2) == quote
        place += isLong ? 3 : 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\"), let after = next(1) {
                // Groovy takes one backslash away; a joined line stays one.
                if after == UInt8(ascii: "\n") { line += 1 }
                if ![UInt8(ascii: "$"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\")].contains(after) {
                    text.append(byte)
                }
                text.append(after)
                place += 2
                continue
            }
            if byte == quote, !isLong || next(1) == quote && next(2) == quote {
                place += isLong ? 3 : 1
                break
            }
            if byte == UInt8(ascii: "\n") {
                if !isLong { break }
                line += 1
            }
            text.append(byte)
            place += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipLine() {
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
    }

    private mutating func skipRemark() {
        place += 2
        while place < bytes.count, !(bytes[place] == UInt8(ascii: "*") && next(1) == UInt8(ascii: "/")) {
            if bytes[place] == UInt8(ascii: "\n") { line += 1 }
            place += 1
        }
        place = min(place + 2, bytes.count)
    }
}

extension CheckedRepository {
    /// Pipelines of Jenkins by their paths.
    var jenkinsFiles: [(path: String, file: JenkinsFile)] {
        tree.files(named: "Jenkinsfile").filter { CodeText.mayRun($0.path) }.compactMap { entry in
            tree.text(entry.path).map { (entry.path, JenkinsFile(parsing: $0)) }
        }
    }
}
