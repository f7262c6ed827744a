// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayHost

extension Project {
    /// Reads the repository.
    /// - Throws: ``SlipwayError`` `empty-repository`, `nothing-detected`, `bad-configuration`.
    public func detect() throws -> Detected {
        let tree = try TreeReader.read(directory)
        let configuration = try Configuration.read(from: tree)
        return Detected(
            spec: try Detection.detect(tree, configuration: configuration, environment: environment), tree: tree,
            givenVariables: configuration.variableValues(environment: environment))
    }
}
