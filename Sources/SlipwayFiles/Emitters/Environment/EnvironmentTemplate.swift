// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The text of one environment template: required names are there to be filled in, the others say what the code does
/// without them.
struct EnvironmentTemplate {
    private(set) var text: String
    private let readers: VariableReaders
    /// Whose template it is; `.` for the whole repository's.
    private let folder: String

    init(_ title: String, readers: VariableReaders, folder: String = ".") {
        text = title.split(separator: "\n").map { "# \($0)\n" }.joined()
        self.readers = readers
        self.folder = folder
    }

    mutating func section(_ title: String) { text += "\n# --- \(title)\n" }

    /// - Parameters:
    ///   - example: What stands after the name; empty where only a person can know.
    ///   - isSet: Whether the line counts, or waits behind a `#`.
    mutating func line(_ name: String, example: String, isSet: Bool, notes: [String]) {
        text += "\n"
        for note in notes {
            for line in note.split(whereSeparator: \.isNewline) { text += "# \(line)\n" }
        }
        text += "\(isSet ? "" : "# ")\(name)=\(DotenvAssignment.quote(Self.oneLine(example)))\n"
    }

    /// A line end behind a `#` would end the comment.
    private static func oneLine(_ text: String) -> String {
        text.swapping("\r", with: " ").swapping("\n", with: " ")
    }

    /// - Parameter isDeployed: Whether the file is for what visitors reach.
    mutating func variable(_ variable: Variable, source: VariableSource, layout: Layout, isDeployed: Bool) {
        let isAsked =
            isDeployed
            ? variable.required || layout.asks(for: variable, source)
            : variable.required && !variable.isForProductionOnly
        var facts = [isAsked ? "required" : "optional"]
        if variable.secret { facts.append("secret") }
        facts.append(
            variable.phase == .build
                ? "baked in by the build" : variable.phase == .both ? "build and run time" : "run time")
        if let kind = variable.kind, kind != .string { facts.append(kind.rawValue) }
        var notes: [String] = []
        if let purpose = variable.purpose { notes.append(purpose.prefix(1).uppercased() + purpose.dropFirst() + ".") }
        notes.append(facts.joined(separator: ", ") + readers.text(of: variable, in: folder))
        if LaravelKey.isKey(variable, in: layout.app) { notes.append("Make one with: \(LaravelKey.command)") }
        if case .invented = source { notes.append("Make one with: \(Self.maker(of: variable, layout))") }
        if variable.isHostList { notes.append("The names under which visitors come, and localhost for health checks.") }
        let isForVisitors = isDeployed && (variable.mustListVisitors || layout.wantsPublicAddress(variable))
        if isForVisitors { notes.append("The address under which visitors come, like https://example.com.") }
        line(
            variable.name,
            example: isForVisitors
                ? ""
                : variable.secret
                    ? Self.secretExample(variable, source, layout)
                    : (isDeployed ? ProductionValue.of(variable) : nil) ?? variable.default ?? "",
            isSet: isAsked, notes: notes)
    }

    private static func maker(of variable: Variable, _ layout: Layout) -> String {
        layout.owned.form(of: variable) == .base64 ? "openssl rand -base64 32 | tr '+/' '-_'" : "openssl rand -hex 32"
    }

    private static func secretExample(_ variable: Variable, _ source: VariableSource, _ layout: Layout) -> String {
        guard case .resource(let resource) = source else { return "" }
        let name = layout.name.swapping("-", with: "_")
        switch resource.kind {
        case .postgres: return "postgresql://\(name):PASSWORD@localhost:5432/\(variable.database(beside: name))"
        case .mysql, .mariadb: return "mysql://\(name):PASSWORD@localhost:3306/\(name)"
        case .mongodb: return "mongodb://localhost:27017/\(name)"
        case .redis, .valkey: return "redis://localhost:6379/0"
        case .rabbitmq: return "amqp://\(name):PASSWORD@localhost:5672//"
        default: return ""
        }
    }
}
