// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the readers found in one file.
struct FileReads {
    let code: Code
    private(set) var reads: [VariableRead] = []
    /// First line on which the code itself sets a name.
    private(set) var assignments: [String: Int] = [:]
    var wrappers: [EnvironmentWrapper] = []
    /// Keys that the framework's configuration is asked for.
    var keys: [SettingKeyRead] = []
    /// Sections of .NET's configuration that are put into classes.
    var sections: [DotNetSection] = []
    var settings: [SettingsClass] = []
    /// Reads whose names are constants of other files.
    var constants: [ConstantRead] = []
    /// Constants that other files can import, with the variable that each holds.
    var exported: [String: String] = [:]
    /// Names of Python classes that are called somewhere in the file.
    var instantiated: Set<String> = []

    /// Variables that list where pages may come from, where the code refuses all others; other files may read them.
    var visitorLists: Set<String> = []

    /// Names whose value is written into a text as it comes, and names that some condition looks at.
    var inserted: Set<String> = []
    var tested: Set<String> = []

    init(_ code: Code) { self.code = code }

    /// Notes a read; names that no environment can hold are dropped.
    mutating func add(
        _ name: String, at token: Int, required: Bool = false, default literal: Literal = .nothing,
        kind: Variable.Kind? = nil, phase: Variable.Phase = .run, secretBecause reason: String? = nil,
        bare: Bool = false
    ) {
        add(
            name, line: code.line(token), required: required, default: literal, kind: kind, phase: phase,
            secretBecause: reason, bare: bare)
    }

    mutating func add(
        _ name: String, line: Int, required: Bool = false, default literal: Literal = .nothing,
        kind: Variable.Kind? = nil, phase: Variable.Phase = .run, secretBecause reason: String? = nil,
        bare: Bool = false
    ) {
        guard EnvironmentName.isValid(name) else { return }
        let kind = kind ?? literal.kind ?? EnvironmentName.kind(name, default: literal.text)
        let reason = reason ?? SecretName.reason(name, kind: kind, default: literal.text)
        var read = VariableRead(
            name: name, file: code.path, line: line, required: required && !PlatformVariables.modes.contains(name),
            default: reason == nil ? literal.text : nil, kind: kind, phase: phase, secret: reason != nil,
            reason: reason, isBare: bare && literal == .nothing)
        read.hasPublicDefault = reason != nil && literal.text?.isEmpty == false
        read.scheme = literal.text.flatMap(AddressForm.scheme)
        read.query = read.scheme == nil ? nil : literal.text.flatMap { AddressForm.query(of: $0) }
        reads.append(read)
    }

    mutating func assign(_ name: String, line: Int) { assignments[name] = min(assignments[name] ?? .max, line) }

    /// The reads that the environment decides: without those that the file sets before it reads them.
    var effective: [VariableRead] {
        guard !assignments.isEmpty else { return reads }
        var first: [String: Int] = [:]
        for read in reads { first[read.name] = min(first[read.name] ?? .max, read.line) }
        return reads.filter { assignments[$0.name] ?? .max >= first[$0.name] ?? 0 }
    }

    /// Marks the reads at these positions as required when they have no default.
    mutating func require(where predicate: (VariableRead) -> Bool) {
        for index in reads.indices where reads[index].default == nil && predicate(reads[index]) {
            reads[index].required = true
        }
    }

    /// Takes back that one read is required.
    mutating func relax(at position: Int) { reads[position].required = false }

    /// Takes back that the reads from a position on are required, whatever they are handed to.
    mutating func relax(from position: Int) {
        for index in reads.indices.dropFirst(position) {
            reads[index].required = false
            reads[index].isBare = false
        }
    }

    /// Notes that the code looks whether these have a value.
    mutating func test(_ names: Set<String>) {
        for index in reads.indices where names.contains(reads[index].name) { reads[index].isBare = false }
    }

    /// Notes that these go straight to something that cannot work with nothing.
    mutating func hand(_ names: Set<String>) {
        for index in reads.indices where names.contains(reads[index].name) { reads[index].isHanded = true }
    }

    /// An empty default of these is none: what takes the value refuses every call with it.
    mutating func refuseEmpty(_ names: Set<String>) {
        for index in reads.indices where names.contains(reads[index].name) && (reads[index].default ?? "").isEmpty {
            reads[index].default = nil
            reads[index].required = true
        }
    }

    /// Takes back that these are required or taken as they come on some lines.
    mutating func relax(_ names: Set<String>, in lines: ClosedRange<Int>) {
        for index in reads.indices where names.contains(reads[index].name) && lines.contains(reads[index].line) {
            reads[index].required = false
            reads[index].isBare = false
        }
    }

    mutating func relax(_ names: Set<String>) {
        for index in reads.indices where names.contains(reads[index].name) { reads[index].required = false }
    }
}
