// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayHost

extension Project {
    /// Reads the repository.
    /// - Throws: ``SlipwayError`` `empty-repository`, `nothing-detected`, `bad-configuration`.
    public func detect() throws -> Detected {
        let tree = try TreeReader.read(directory)
        return Detected(spec: Detection.detect(tree), tree: tree)
    }
}
