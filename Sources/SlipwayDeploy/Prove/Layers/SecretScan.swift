// SPDX-License-Identifier: Apache-2.0

/// Something in a layer that looks like a secret.
struct SecretFinding: Equatable, Sendable {
    let path: String
    let line: Int
    /// What kind; never the value.
    let what: String
}

/// Looks for secrets in the files that an application brings, by shape and by entropy.
enum SecretScan {
    /// Larger text is data or a bundle; a key file has a few kilobytes.
    private static let largestInBytes = 512 << 10
    /// Where the system and the dependencies stand; what is there was published by somebody else.
    private static let foreign = [
        "usr/lib/", "usr/bin/", "usr/sbin/", "usr/libexec/", "usr/include/", "lib/", "lib64/", "bin/", "sbin/",
        "usr/local/lib/python", "usr/local/lib/node_modules/", "usr/local/bin/", "usr/local/share/", "var/lib/dpkg/",
        "var/lib/apt/", "etc/ssl/", "usr/share/",
    ]
    private static let foreignParts = ["/site-packages/", "/dist-packages/", "/node_modules/"]
    /// Shapes that their issuers document, with how many characters must follow.
    private static let shapes: [(prefix: String, follow: Int, what: String)] = [
        ("AKIA", 16, "an AWS access key id"), ("ghp_", 36, "a GitHub token"), ("gho_", 36, "a GitHub token"),
        ("github_pat_", 22, "a GitHub token"), ("xoxb-", 20, "a Slack token"), ("xoxp-", 20, "a Slack token"),
        ("sk_live_", 16, "a Stripe key"), ("rk_live_", 16, "a Stripe key"), ("AIza", 35, "a Google API key"),
        ("glpat-", 20, "a GitLab token"), ("npm_", 36, "an npm token"), ("SG.", 40, "a SendGrid key"),
    ]
    private static let names = ["SECRET", "PASSWORD", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY"]
    /// Bits a character; English words have under 3, random hexadecimal digits nearly 4.
    private static let leastEntropy = 3.3
    private static let shortestValue = 16

    static func isWorthReading(_ entry: TarEntry) -> Bool {
        guard entry.kind == .file, entry.size > 0, entry.size <= largestInBytes else { return false }
        if entry.path.hasPrefix("usr/share/nginx/") { return true }
        return !foreign.contains { entry.path.hasPrefix($0) } && !foreignParts.contains { entry.path.contains($0) }
    }

    /// - Parameter canary: A text that was put where no image may take it from.
    static func findings(in bytes: [UInt8], path: String, canary: String) -> [SecretFinding] {
        guard !bytes.prefix(4096).contains(0) else { return [] }
        var found: [SecretFinding] = []
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.count >= 12 {
            let text = String(decoding: line.prefix(2000), as: UTF8.self)
            if let what = what(text, path: path, canary: canary) {
                found.append(SecretFinding(path: path, line: index + 1, what: what))
            }
            // One file of keys need not fill the report.
            if found.count == 5 { break }
        }
        return found
    }

    private static func what(_ line: String, path: String, canary: String) -> String? {
        if line.contains(canary) { return "a value from a file that must stay out of images" }
        if line.contains("-----BEGIN "), line.contains("PRIVATE KEY-----") { return "a private key" }
        for shape in shapes {
            guard let range = line.firstRange(of: shape.prefix) else { continue }
            let rest = line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
            if rest.count >= shape.follow, entropy(String(rest)) > 2.5 { return shape.what }
        }
        return assignment(line, path: path)
    }

    /// `NAME=value` where the name says secret and the value looks random; in code only with quotes around it.
    private static func assignment(_ line: String, path: String) -> String? {
        guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let name = line[..<separator].uppercased()
        guard names.contains(where: { name.contains($0) }), name.count < 80, !isTemplate(path) else { return nil }
        let isPlain = path.contains(".env") || path.hasSuffix(".ini") || path.hasSuffix(".properties")
        var value = line[line.index(after: separator)...].drop { $0 == " " }
        if let quote = value.first, quote == "\"" || quote == "'" {
            value = value.dropFirst().prefix { $0 != quote }
        } else if !isPlain {
            return nil
        }
        let text = String(value.prefix { !$0.isWhitespace })
        guard text.count >= shortestValue, text.allSatisfy({ $0.isASCII }), !text.contains("${"), !text.contains("{"),
            !text.contains("<"), !text.contains("("), !text.contains("/"), text.contains(where: \.isNumber),
            entropy(text) >= leastEntropy
        else { return nil }
        return "a random value of \(name.trimmingPrefix { $0 == " " }.prefix { $0 != " " })"
    }

    /// Whose values are published with the source, to be replaced.
    private static func isTemplate(_ path: String) -> Bool {
        [".example", ".sample", ".template", ".dist"].contains { path.hasSuffix($0) }
    }

    /// Shannon's, in bits a character.
    static func entropy(_ text: String) -> Double {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return 0 }
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        return counts.filter { $0 > 0 }.reduce(0) { sum, count in
            let share = Double(count) / Double(bytes.count)
            return sum - share * binaryLogarithm(share)
        }
    }

    /// To a millionth, by squaring; a mathematics library is not worth a dependency here.
    private static func binaryLogarithm(_ number: Double) -> Double {
        var (result, rest, bit) = (Double(number.exponent), number.significand, 0.5)
        for _ in 0..<20 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }
}
