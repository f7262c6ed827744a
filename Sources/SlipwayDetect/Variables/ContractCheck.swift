// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Joins what code reads with what files give, and finds where they disagree.
struct ContractCheck {
    let rows: [EnvironmentReport.Row]
    let diagnostics: [Diagnostic]

    init(variables: [Variable], reads: [VariableRead], given: GivenVariables) {
        let readNames = Set(variables.map(\.name))
        let byName = Dictionary(grouping: given.all, by: \.name)
        let unread = Self.unread(byName, readNames, given.interpolated)
        let readsByName = Dictionary(grouping: reads, by: \.name)
        // Without any file that gives variables, "never given" would only repeat the list.
        let isGivenAtAll = given.all.contains { $0.source != .workflow && $0.source != .dockerfile }
        var rows = variables.map { variable -> EnvironmentReport.Row in
            let places = byName[variable.name] ?? []
            let defaults = Self.defaults(readsByName[variable.name] ?? [], places)
            let isSetElsewhere =
                ForeignVariables.contains(variable.name) || PlatformVariables.platform(variable.name) != nil
            let isMissing = places.isEmpty && isGivenAtAll && (variable.required || !isSetElsewhere)
            var troubles: [EnvironmentReport.Trouble] = []
            if isMissing { troubles.append(.neverGiven) }
            if !defaults.isEmpty { troubles.append(.differentDefaults) }
            return EnvironmentReport.Row(
                variable: variable, given: Self.locations(places), troubles: troubles,
                nearest: places.isEmpty ? NearestName.among(unread, to: variable.name) : nil, defaults: defaults)
        }
        let unreadRows = unread.map { name in
            EnvironmentReport.Row(
                variable: Variable(
                    name: name, services: [], secret: SecretName.reason(name, kind: nil, default: nil) != nil),
                given: Self.locations(byName[name] ?? []), troubles: [.neverRead],
                nearest: NearestName.among(readNames, to: name), defaults: [])
        }
        rows = (rows + unreadRows).sorted { $0.variable.name < $1.variable.name }
        self.rows = rows
        diagnostics = rows.flatMap(Self.diagnose)
    }

    private static func locations(_ places: [GivenVariable]) -> [String] {
        places.sorted { ($0.file, $0.line) < ($1.file, $1.line) }.map { "\($0.file):\($0.line)" }
    }

    /// Names that are meant for the application's code and that none of it reads.
    private static func unread(
        _ given: [String: [GivenVariable]], _ read: Set<String>, _ interpolated: Set<String>
    ) -> Set<String> {
        Set(
            given.filter { name, places in
                !read.contains(name) && !interpolated.contains(name) && !ForeignVariables.contains(name)
                    && places.contains(where: \.isForApplication)
            }.keys)
    }

    /// Different values, code first. Of what files give, ports are compared: other values differ on purpose between a
    /// developer's machine and what the code falls back on.
    private static func defaults(_ reads: [VariableRead], _ places: [GivenVariable]) -> [String] {
        var first: [String: VariableRead] = [:]
        for read in reads {
            guard let value = read.default, !value.isEmpty, first[value] == nil else { continue }
            first[value] = read
        }
        let isPort = reads.contains { $0.name == "PORT" || $0.name.hasSuffix("_PORT") }
        let ports = isPort && !first.isEmpty ? places.filter { $0.number.map { first[$0] == nil } == true } : []
        let other = ports.min { ($0.file, $0.line) < ($1.file, $1.line) }
        guard first.count + (other == nil ? 0 : 1) > 1 else { return [] }
        return first.values.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
            .map { "\($0.default ?? "") at \($0.file):\($0.line)" }
            + [other].compactMap(\.self).map { "\($0.number ?? "") at \($0.file):\($0.line)" }
    }

    private static func diagnose(_ row: EnvironmentReport.Row) -> [Diagnostic] {
        let variable = row.variable
        let near = row.nearest.map { "; did you mean \($0)?" } ?? ""
        var result = row.troubles.map { trouble -> Diagnostic in
            switch trouble {
            case .neverGiven:
                let (file, line) = place(variable.origins.first)
                return Diagnostic(
                    "EN211", variable.required ? .error : .info, file: file, line: line,
                    "\(variable.name) is read here and no file gives it\(near)")
            case .neverRead:
                let (file, line) = place(row.given.first)
                return Diagnostic("EN212", .warning, file: file, line: line, "nothing reads \(variable.name)\(near)")
            case .differentDefaults:
                let (file, line) = place(variable.origins.first)
                return Diagnostic(
                    "EN103", .warning, file: file, line: line,
                    "\(variable.name) has different defaults: \(row.defaults.joined(separator: ", "))")
            }
        }
        if SecretName.looksSecret(public: variable.name) {
            let (file, line) = place(variable.origins.first ?? row.given.first)
            result.append(
                Diagnostic(
                    "EN204", .error, file: file, line: line,
                    "\(variable.name) is baked into what browsers download, and its name says that it is a secret"))
        }
        return result
    }

    private static func place(_ location: String?) -> (String?, Int?) {
        guard let location, let colon = location.lastIndex(of: ":") else { return (location, nil) }
        return (String(location[..<colon]), Int(location[location.index(after: colon)...]))
    }
}
