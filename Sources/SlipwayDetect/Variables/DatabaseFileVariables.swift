// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Finds the variable that says where the database is when the database is a file.
enum DatabaseFileVariables {
    private static let words = ["DB", "DATABASE", "SQLITE"]

    /// Notes the variable at the resource. What the variable moves need not be looked for beside the code.
    static func name(in spec: inout AppSpec) {
        for index in spec.resources.indices
        where spec.resources[index].kind == .sqlite && spec.resources[index].variable == nil {
            let resource = spec.resources[index]
            let services = spec.services.filter { $0.uses.contains(resource.name) }
            // A folder with an absolute path has been made for it.
            let isPlaced = services.contains { $0.writableDirectories.contains { $0.hasPrefix("/") } }
            let fitting = spec.variables.filter { variable in
                services.contains { variable.services.contains($0.name) } && !variable.name.contains("TEST")
                    && (path(variable) != nil || isHidden(variable) && !isPlaced)
            }
            guard fitting.count == 1, let variable = fitting.first else { continue }
            spec.resources[index].variable = variable.name
            spec.origins["resources.\(resource.name).variable"] = Origin(
                why: "the code's default for \(variable.name) is a file", confidence: Confidence.code)
            let file = path(variable)
            for place in spec.services.indices where variable.services.contains(spec.services[place].name) {
                let left = spec.services[place].writableFiles?.filter { $0 != file }
                spec.services[place].writableFiles = left?.isEmpty == true ? nil : left
            }
        }
    }

    /// An address that could hold a password is not shown; what it begins with is known all the same.
    private static func isHidden(_ variable: Variable) -> Bool {
        variable.default == nil && variable.scheme?.hasPrefix("sqlite") == true
    }

    /// `app.db` of `sqlite:///./app.db`, `file:./app.db` and of `./app.db` itself; absolute ones stay as they are.
    private static func path(_ variable: Variable) -> String? {
        guard let text = variable.default else { return nil }
        var rest = text.prefix { $0 != "?" }
        if text.hasPrefix("sqlite"), let start = text.firstRange(of: ":///")?.upperBound {
            rest = text[start...].prefix { $0 != "?" }
        } else if text.hasPrefix("file:") {
            rest = rest.dropFirst("file:".count)
        } else {
            let isFile = [".db", ".sqlite", ".sqlite3"].contains { text.hasSuffix($0) }
            guard isFile, words.contains(where: variable.name.uppercased().contains) else { return nil }
        }
        guard !rest.isEmpty, !rest.contains(":"), !rest.contains("{"), !rest.contains("$"), !rest.hasPrefix("/") else {
            return nil
        }
        return PathText.normalized(String(rest))
    }
}
