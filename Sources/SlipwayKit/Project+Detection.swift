// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

extension Project {
    /// Reads the repository.
    /// - Throws: ``SlipwayError`` `empty-repository`, `nothing-detected`, `bad-configuration`.
    public func detect() throws -> Detected {
        let tree = try sourceTree()
        let configuration = try Configuration.read(from: tree)
        return Detected(
            spec: try Detection.detect(tree, configuration: configuration, environment: environment), tree: tree,
            givenVariables: configuration.variableValues(environment: environment),
            variableCommands: configuration.variableCommands(environment: environment))
    }

    /// The repository without the files that Slipway wrote: what follows from the source is no evidence about it.
    func sourceTree() throws -> SourceTree {
        let own = Set(try readLedger().ledger.entries.keys).union(interruptedPaths)
        let tree = try TreeReader.read(directory)
        // Texts that wait for a person, or that one gave up, say nothing about the application.
        let aside = tree.entries.map(\.path).filter { path in FileChange.asideSuffixes.contains { path.hasSuffix($0) } }
        return tree.without(own.union(aside))
    }
}
