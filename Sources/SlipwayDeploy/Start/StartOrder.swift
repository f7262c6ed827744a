// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Which processes may start together.
package enum StartOrder {
    /// Groups whose members need only what earlier groups have. Services that need each other in a circle start
    /// together at the end: each has to bear that the other is not there yet.
    package static func waves(_ processes: [ProcessSpec]) -> [[ProcessSpec]] {
        var waves: [[ProcessSpec]] = []
        var left = processes
        let names = Set(processes.map(\.name))
        var started: Set<String> = []
        while !left.isEmpty {
            var wave = left.filter { $0.dependsOn.allSatisfy { started.contains($0) || !names.contains($0) } }
            if wave.isEmpty { wave = left }
            started.formUnion(wave.map(\.name))
            left.removeAll { started.contains($0.name) }
            waves.append(wave)
        }
        return waves
    }

    /// The processes without the dependencies that close a circle, so that the engine can start them.
    package static func withoutCircles(_ wave: [ProcessSpec]) -> [ProcessSpec] {
        let names = Set(wave.map(\.name))
        return wave.map { process in
            var process = process
            process.dependsOn.removeAll(where: names.contains)
            return process
        }
    }
}
