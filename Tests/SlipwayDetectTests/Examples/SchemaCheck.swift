// SPDX-License-Identifier: Apache-2.0

import Foundation

/// As much of JSON Schema 2020-12 as the project's own schemas use.
struct SchemaCheck {
    private let root: [String: Any]

    init(_ url: URL) throws {
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
    }

    /// One line for each violation.
    func complaints(about text: String) throws -> [String] {
        check(try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed), root, "")
    }

    private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let target = reference.split(separator: "/").dropFirst()
                .reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] }
            return check(value, target as? [String: Any] ?? ["enum": []], path)
        }
        var found: [String] = []
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { matches(value, $0) }) {
            found.append("\(path): \(value) is none of \(types)")
        }
        if let allowed = schema["enum"] as? [Any], !allowed.contains(where: { "\($0)" == "\(value)" }) {
            found.append("\(path): \(value) is none of \(allowed)")
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                found.append("\(path): \(name) is missing")
            }
            for (name, inner) in object {
                if let property = properties[name] ?? schema["additionalProperties"] as? [String: Any] {
                    found += check(inner, property, "\(path)/\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    found.append("\(path): \(name) is not in the schema")
                }
            }
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, item) in list.enumerated() { found += check(item, items, "\(path)/\(index)") }
        }
        return found
    }

    private func matches(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "integer": value is Int
        case "number": value is Double || value is Int
        case "boolean": value is Bool
        default: false
        }
    }
}
