// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

extension Dockerfile {
    /// What the build refuses in flags, health checks and the order of stages, when ``shapeDiagnostics`` has nothing to
    /// say. Errors of code DF000, one for each instruction.
    public var optionDiagnostics: [Diagnostic] {
        var hasStage = false
        return instructions.compactMap { instruction in
            if instruction.keyword == "FROM" { hasStage = true }
            guard DockerfileShape.problem(of: instruction) == nil else { return nil }
            let problem = DockerfileOptions.problem(of: instruction)
            let isOutside = !hasStage && instruction.keyword != "ARG"
            guard let message = problem ?? (isOutside ? "\(instruction.keyword) stands before FROM" : nil) else {
                return nil
            }
            let place = instruction.position
            return Diagnostic("DF000", .error, line: place.line, column: place.column, message)
        }
    }
}

/// What BuildKit asks of flags (frontend/dockerfile/instructions/bflag.go, commands_run*.go).
enum DockerfileOptions {
    private enum Kind { case text, boolean, repeated }

    private static let flags: [String: [String: Kind]] = [
        "ADD": [
            "chown": .text, "chmod": .text, "link": .boolean, "keep-git-dir": .boolean, "checksum": .text,
            "unpack": .boolean, "exclude": .repeated,
        ],
        "COPY": [
            "chown": .text, "from": .text, "chmod": .text, "link": .boolean, "exclude": .repeated, "parents": .boolean,
        ],
        "FROM": ["platform": .text],
        "RUN": ["mount": .repeated, "network": .text, "security": .text, "device": .repeated],
        "HEALTHCHECK": [
            "interval": .text, "timeout": .text, "start-period": .text, "start-interval": .text, "retries": .text,
        ],
    ]

    static func problem(of instruction: DockerfileInstruction) -> String? {
        // BuildKit never looks at the flags of these.
        if ["ARG", "STOPSIGNAL"].contains(instruction.keyword) { return nil }
        if instruction.keyword == "HEALTHCHECK", let problem = healthcheckKind(instruction) {
            return problem.isEmpty ? nil : problem
        }
        let known = flags[instruction.keyword] ?? [:]
        var seen: Set<String> = []
        for flag in instruction.flags {
            guard let kind = known[flag.name] else { return "unknown flag: --\(flag.name)" }
            guard seen.insert(flag.name).inserted || kind == .repeated else {
                return "duplicate flag specified: --\(flag.name)"
            }
            if kind == .boolean {
                guard flag.value.map({ ["true", "false"].contains($0.lowercased()) }) ?? true else {
                    return "expecting boolean value for flag --\(flag.name), not: \(flag.value ?? "")"
                }
            } else if flag.value == nil {
                return "missing a value on flag: --\(flag.name)"
            }
            if let problem = value(of: flag) { return problem }
        }
        return nil
    }

    /// `nil` to go on to the flags, an empty text when all is well without looking at them.
    private static func healthcheckKind(_ instruction: DockerfileInstruction) -> String? {
        switch instruction.arguments.first?.uppercased() {
        case nil: "HEALTHCHECK requires at least one argument"
        case "NONE": instruction.arguments.count > 1 ? "HEALTHCHECK NONE takes no arguments" : ""
        case "CMD": instruction.arguments.count > 1 ? nil : "missing command after HEALTHCHECK CMD"
        case let kind?: "unknown type \"\(kind)\" in HEALTHCHECK (try CMD)"
        }
    }

    private static func value(of flag: DockerfileFlag) -> String? {
        let value = flag.value ?? ""
        switch flag.name {
        case "mount": return mount(value)
        case "device": return device(value)
        case "network":
            return ["default", "none", "host"].contains(value) ? nil : "invalid network mode \"\(value)\""
        case "security": return ["sandbox", "insecure"].contains(value) ? nil : "security \"\(value)\" is not valid"
        case "interval", "timeout", "start-period", "start-interval":
            guard !value.isEmpty else { return nil }
            guard let duration = GoDuration.nanoseconds(value) else { return "invalid duration \"\(value)\"" }
            return duration == 0 || duration >= 1_000_000 ? nil : "--\(flag.name) cannot be less than 1ms"
        case "retries":
            guard !value.isEmpty else { return nil }
            guard let retries = Int32(value) else { return "--retries is not a number: \(value)" }
            return retries < 0 ? "--retries cannot be negative (\(retries))" : nil
        default: return nil
        }
    }

    private static func mount(_ value: String) -> String? {
        guard let fields = CommaSeparatedFields.read(value) else { return "failed to parse csv mounts: \(value)" }
        for field in fields where field.lowercased().hasPrefix("from=") {
            let source = field.dropFirst(5)
            if let dollar = source.firstIndex(of: "$"), source.index(after: dollar) != source.endIndex {
                return "'from' doesn't support variable expansion, define alias stage instead"
            }
        }
        return nil
    }

    private static func device(_ value: String) -> String? {
        guard let fields = CommaSeparatedFields.read(value) else { return "failed to parse csv devices: \(value)" }
        var name = ""
        for field in fields {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            switch (parts[0].lowercased(), parts.count > 1 ? parts[1] : nil) {
            case ("required", nil): continue
            case ("required", let flag?):
                let booleans = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]
                guard booleans.contains(flag) else { return "invalid value for required: \(flag)" }
            case ("name", let given?):
                guard name.isEmpty else { return "device name already set to \(name)" }
                name = given
            case (let key, _):
                guard name.isEmpty else { return "unexpected key '\(key)' in '\(field)'" }
                name = field
            }
        }
        return nil
    }
}

/// Durations as Go's `time.ParseDuration` reads them: `1m30s`, `.5h`.
enum GoDuration {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    static func nanoseconds(_ text: String) -> Double? {
        var rest = Substring(text)
        let sign: Double = rest.hasPrefix("-") ? -1 : 1
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || $0.isASCII && $0.isWholeNumber }
            let digits = number.filter { $0 != "." }
            guard !digits.isEmpty, number.count - digits.count <= 1, let value = Double("0\(number)0") else {
                return nil
            }
            // A whole number must not gain the zero that completes `5.`.
            let exact = number.contains(".") ? value : Double(number) ?? value
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isWholeNumber) }
            guard let unit = units.first(where: { $0.suffix == name }) else { return nil }
            total += exact * unit.nanoseconds
            rest = rest.dropFirst(name.count)
        }
        return total < 0x1p63 ? sign * total : nil
    }
}
