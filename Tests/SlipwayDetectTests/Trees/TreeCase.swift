// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayDetect
import Testing

/// Tiny source trees with what must be said about them, many to a text file.
///
/// `=== NAME` begins a tree, `--- PATH` a file of it, `>>>` what is expected:
///
///     web . backend flask          name, directory, role, framework (`-` is not looked at)
///       port 8000                  a field with its value; `-` for none
///     resources postgres redis     all of them, in order
///     variables A! B=x C D*        all of them: required, default, optional, secret
///     variable DATABASE_URL        the variables that lead to resources
///     says DT005 app.py:3          every remark of detection with its place, in order
///
/// Services must be these and no others; fields that are not named are not looked at.
struct TreeCase: CustomTestStringConvertible, Sendable {
    struct Wanted: Sendable {
        var service: [String]
        var fields: [(name: String, value: String)] = []
    }

    var testDescription: String
    var files: [String: String] = [:]
    var services: [Wanted] = []
    var resources: String?
    var variables: String?
    var variable: String?
    var says: String?

    /// What differs, one line each.
    var differences: [String] {
        let spec = Detection.detect(SourceTree(name: "app", files: files))
        var result: [String] = []
        for wanted in services {
            let (name, directory) = (wanted.service[0], wanted.service[1])
            let here = spec.services.filter { $0.directory == directory && (name == "-" || $0.name == name) }
            let fitting = here.filter { wanted.service[2] == "-" || $0.role.rawValue == wanted.service[2] }
            guard let service = fitting.first else {
                result.append("no \(wanted.service.joined(separator: " "))")
                continue
            }
            let framework = wanted.service[3]
            if framework != "-", framework != service.framework {
                result.append("\(name) framework \(service.framework ?? "-"), wanted \(framework)")
            }
            for field in wanted.fields {
                let found = Self.value(field.name, service)
                if found != field.value { result.append("\(name) \(field.name) \(found), wanted \(field.value)") }
            }
        }
        if spec.services.count != services.count {
            let found = spec.services.map { "\($0.name) \($0.directory) \($0.role) \($0.framework ?? "-")" }
            result.append("services: \(found.joined(separator: "; "))")
        }
        if let resources {
            let found = spec.resources.map(\.kind.rawValue).sorted().joined(separator: " ")
            if found != resources { result.append("resources \(found), wanted \(resources)") }
        }
        if let variables {
            let found = spec.variables.map { variable in
                variable.name + (variable.required ? "!" : "") + (variable.secret ? "*" : "")
                    + (variable.default.map { "=\($0)" } ?? "")
            }.joined(separator: " ")
            if found != variables { result.append("variables \(found), wanted \(variables)") }
        }
        if let variable {
            let found = spec.resources.compactMap(\.variable).joined(separator: " ")
            if found != variable { result.append("variable \(found), wanted \(variable)") }
        }
        if let says {
            let found = spec.diagnostics.map { "\($0.code) \($0.file ?? "-"):\($0.line ?? 0)" }.joined(separator: " ")
            if found != says { result.append("says \(found), wanted \(says)") }
        }
        return result
    }

    private static func value(_ field: String, _ service: Service) -> String {
        func list(_ items: [String]) -> String { items.isEmpty ? "-" : items.joined(separator: " ") }
        switch field {
        case "language": return service.language ?? "-"
        case "version": return service.languageVersion ?? "-"
        case "manager": return service.packageManager ?? "-"
        case "install": return service.install ?? "-"
        case "build": return service.build ?? "-"
        case "start": return service.start ?? "-"
        case "release": return service.release ?? "-"
        case "seed": return service.seed ?? "-"
        case "port": return service.port.map { String($0) } ?? "-"
        case "portVariable": return service.portVariable ?? "-"
        case "hostVariable": return service.hostVariable ?? "-"
        case "health": return service.healthPath ?? "-"
        case "output": return service.outputDirectory ?? "-"
        case "routes": return list(service.routes)
        case "stripped": return list(service.strippedRoutes ?? [])
        case "uses": return list(service.uses)
        case "buildPackages": return list(service.buildPackages)
        case "packages": return list(service.systemPackages)
        case "writable": return list(service.writableDirectories)
        case "files": return list(service.writableFiles ?? [])
        case "public": return list((service.publicFolders ?? []).map { "\($0.path)=\($0.directory)" })
        case "single": return service.singleInstance == nil ? "no" : "yes"
        default: return "unknown field"
        }
    }

    /// Every tree of the text files in `Tests/Trees`.
    static let all: [TreeCase] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Trees")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name -> [TreeCase] in
            let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
            return parse(text ?? "", in: String(name.dropLast(4)))
        }
    }()

    static func parse(_ text: String, in topic: String) -> [TreeCase] {
        var cases: [TreeCase] = []
        var path: String?
        var isWish = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("=== ") {
                cases.append(TreeCase(testDescription: "\(topic): \(line.dropFirst(4))"))
                (path, isWish) = (nil, false)
            } else if cases.isEmpty {
                continue
            } else if line.hasPrefix("--- ") {
                path = String(line.dropFirst(4))
                cases[cases.count - 1].files[path ?? "", default: ""] += ""
            } else if line == ">>>" {
                (path, isWish) = (nil, true)
            } else if let path {
                cases[cases.count - 1].files[path, default: ""] += line + "\n"
            } else if isWish, !line.isEmpty {
                cases[cases.count - 1].expect(line)
            }
        }
        return cases
    }

    private mutating func expect(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "resources": resources = rest
        case "variables": variables = rest
        case "variable": variable = rest
        case "says": says = rest
        default:
            if line.hasPrefix("  "), let field = words.first, !services.isEmpty {
                services[services.count - 1].fields.append((field, rest))
            } else {
                services.append(Wanted(service: line.split(separator: " ").map(String.init)))
            }
        }
    }
}
