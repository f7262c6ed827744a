// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of labels (docs.docker.com/engine/manage-resources/labels, key format recommendations).
enum LabelKeyGrammar {
    private static let reserved = ["com.docker.", "io.docker.", "org.dockerproject."]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        file.reading.steps.filter { $0.keyword == "LABEL" }.compactMap { step in
            let wrong = step.instruction.pairs.map { $0.name.filter { $0 != "\"" && $0 != "'" } }.first { !isValid($0) }
            return wrong.map {
                Violation(line: step.line, "\($0) is no label key; write lower-case words joined by dots")
            }
        }
    }

    private static func isValid(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard let first = bytes.first, let last = bytes.last, isLower(first), isLower(last) || last.isDigit,
            !reserved.contains(where: key.hasPrefix)
        else { return false }
        for (index, byte) in bytes.enumerated() {
            guard isLower(byte) || byte.isDigit || ".-_/".utf8.contains(byte) else {
                return false
            }
            let isJoint = byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            if isJoint, index + 1 < bytes.count, bytes[index + 1] == byte { return false }
        }
        return true
    }

    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
