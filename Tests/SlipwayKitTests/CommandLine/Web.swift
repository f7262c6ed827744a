// SPDX-License-Identifier: Apache-2.0

import Foundation

/// HTTP through curl, which the tests' requirements bring: what a person would type.
struct Web {
    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    let address: String

    func get(_ path: String, _ options: String...) throws -> Answer { try curl(path, options) }
    func post(_ path: String, json: String, _ options: String...) throws -> Answer {
        try curl(path, ["-H", "Content-Type: application/json", "-d", json] + options)
    }
    func upload(_ path: String, file: URL, field: String) throws -> Answer {
        try curl(path, ["-F", "\(field)=@\(file.path)"])
    }

    private func curl(_ path: String, _ options: [String]) throws -> Answer {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "-i", "--max-time", "30"] + options + [address + path]
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        var parts = text.components(separatedBy: "\n\n")
        while let first = parts.first, first.hasPrefix("HTTP/1.1 1") { parts.removeFirst() }
        let lines = (parts.first ?? "").split(separator: "\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line -> (String, String) in
            let pair = line.split(separator: ":", maxSplits: 1)
            return (pair[0].lowercased(), pair.count > 1 ? pair[1].trimmingCharacters(in: .whitespaces) : "")
        }
        return Answer(
            status: status, headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
            body: parts.dropFirst().joined(separator: "\n\n"))
    }
}
