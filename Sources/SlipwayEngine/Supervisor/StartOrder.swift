// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// In which order processes start and end. Pure.
struct StartOrder: Equatable, Sendable {
    /// Each after all it depends on; otherwise as given.
    let names: [String]
    private let dependencies: [String: [String]]

    /// - Throws: ``SlipwayError`` `badConfiguration` for a name used twice, an unknown dependency or a circle.
    init(_ processes: [ProcessSpec]) throws {
        dependencies = try Dictionary(processes.map { ($0.name, $0.dependsOn) }) { _, _ in
            throw SlipwayError(.badConfiguration, "two processes have the same name")
        }
        for process in processes {
            for dependency in process.dependsOn where dependencies[dependency] == nil {
                throw SlipwayError(.badConfiguration, "\(process.name) depends on \(dependency), which is not there")
            }
        }
        var ordered: [String] = []
        var rest = processes
        while !rest.isEmpty {
            let next = rest.filter { process in process.dependsOn.allSatisfy(ordered.contains) }
            guard !next.isEmpty else {
                let circle = rest.map(\.name).sorted().joined(separator: ", ")
                throw SlipwayError(.badConfiguration, "these processes wait for each other: \(circle)")
            }
            ordered += next.map(\.name)
            rest.removeAll { process in ordered.contains(process.name) }
        }
        names = ordered
    }

    func dependencies(of name: String) -> [String] { dependencies[name] ?? [] }

    /// Who must have ended before this process ends.
    func dependents(on name: String) -> [String] { names.filter { dependencies(of: $0).contains(name) } }
}
