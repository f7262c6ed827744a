// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One label of an image, and what values of labels look like.
struct LabelValue {
    let name: String
    let value: String
    let line: Int

    static func all(in file: CheckedDockerfile) -> [LabelValue] {
        guard !file.repository.policy.labels.isEmpty else { return [] }
        return file.reading.steps.filter { $0.keyword == "LABEL" }.flatMap { step in
            step.instruction.pairs.map { pair in
                LabelValue(name: plain(pair.name), value: plain(pair.value ?? ""), line: step.line)
            }
        }
    }

    /// The text without the quotes around it.
    static func plain(_ text: String) -> String {
        guard text.utf8.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    static func fits(_ value: String, _ kind: ImagePolicy.LabelKind) -> Bool {
        switch kind {
        case .text: !value.isEmpty
        case .url: isURL(value)
        case .rfc3339: isTime(value)
        case .spdx: isLicence(value)
        case .hash: [7, 40].contains(value.utf8.count) && value.utf8.allSatisfy(isHexadecimal)
        case .semver: isVersion(value)
        case .email: isMail(value)
        }
    }

    private static func isURL(_ text: String) -> Bool {
        guard let end = text.firstIndex(of: ":"), text[end...].hasPrefix("://"), let first = text.first,
            first.isASCII, first.isLetter
        else { return false }
        let rest = text[end...].dropFirst(3)
        return text[..<end].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            && !rest.isEmpty && !rest.contains(" ")
    }

    /// `2026-03-10T10:26:33.564595127+01:00` (RFC 3339, section 5.6).
    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let shape = Array("dddd-dd-dd?dd:dd:dd".utf8)
        guard bytes.count > shape.count else { return false }
        for (byte, wanted) in zip(bytes, shape) {
            switch wanted {
            case UInt8(ascii: "d"): guard isDigit(byte) else { return false }
            case UInt8(ascii: "?"): guard "Tt ".utf8.contains(byte) else { return false }
            default: guard byte == wanted else { return false }
            }
        }
        var rest = bytes[shape.count...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: isDigit)
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count + 1)
        }
        if rest.count == 1 { return "Zz".utf8.contains(rest[rest.startIndex]) }
        let zone = Array(rest)
        return zone.count == 6 && "+-".utf8.contains(zone[0]) && zone[3] == UInt8(ascii: ":")
            && [1, 2, 4, 5].allSatisfy { isDigit(zone[$0]) }
    }

    /// The families of spdx.org/licenses, each with its versions.
    private static let licences = [
        "0BSD", "AFL-", "AGPL-", "Apache-", "APSL-", "Artistic-", "BlueOak-", "BSD-", "BSL-", "BUSL-", "CC-", "CC0-",
        "CDDL-", "CECILL-", "ClArtistic", "CPAL-", "CPL-", "curl", "ECL-", "EFL-", "Elastic-", "EPL-", "EUPL-", "FTL",
        "GFDL-", "GPL-", "HPND", "ICU", "IJG", "Intel", "IPL-", "ISC", "JSON", "LGPL-", "Libpng", "libtiff",
        "LicenseRef-", "LPL-", "LPPL-", "MIT", "MPL-", "MS-PL", "MS-RL", "MulanPSL-", "NASA-", "NCSA", "NPL-", "NTP",
        "ODbL-", "OFL-", "OGL-", "OLDAP-", "OpenSSL", "OSL-", "PDDL-", "PHP-", "PostgreSQL", "PSF-", "Python-", "QPL-",
        "RPL-", "Ruby", "SGI-", "Sleepycat", "SPL-", "SSPL-", "TCL", "Unicode-", "Unlicense", "UPL-", "Vim", "W3C",
        "Watcom-", "WTFPL", "X11", "Xnet", "Zend-", "Zlib", "ZPL-", "zlib-acknowledgement", "DocumentRef-", "NONE",
        "NOASSERTION",
    ]

    private static func isLicence(_ text: String) -> Bool {
        let words = text.split { " ()".contains($0) }
        guard !words.isEmpty, words.count % 2 == 1 else { return false }
        for (index, word) in words.enumerated() {
            let isJoint = ["AND", "OR", "WITH"].contains(word)
            guard isJoint == (index % 2 == 1) else { return false }
            // What follows WITH is an exception, of which there is another list.
            if isJoint || index > 0 && words[index - 1] == "WITH" { continue }
            guard licences.contains(where: { word.hasPrefix($0) }) else { return false }
        }
        return true
    }

    /// semver.org, with or without what follows `-` and `+`.
    private static func isVersion(_ text: String) -> Bool {
        let core = text.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy(isNumber) else { return false }
        let rest = text.dropFirst(core.count)
        let build = rest.firstIndex(of: "+")
        let before = build.map { rest[..<$0] } ?? rest
        guard rest.isEmpty || isList(before.dropFirst()) || before.isEmpty else { return false }
        return build.map { isList(rest[$0...].dropFirst()) } ?? true
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit) && (text.utf8.count == 1 || text.first != "0")
    }

    private static func isList(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    private static func isMail(_ text: String) -> Bool {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        return halves.count == 2 && !halves[0].isEmpty && !text.contains(" ") && halves[1].contains(".")
            && !halves[1].hasPrefix(".") && !halves[1].hasSuffix(".")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte) }
}
