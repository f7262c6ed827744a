// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension DeployedUnit {
    /// Whether its program reads a variable: by the service that the image certainly holds; where several share one
    /// folder, by the folder of its Dockerfile, as workspaces keep one beside each program.
    func reads(_ variable: Variable) -> Bool {
        if let app { return variable.services.contains(app.name) }
        let folder = SourceTree.Entry(path: dockerfile.location).directory
        guard folder != ".", !variable.origins.isEmpty, service?.command == nil, let compose else { return false }
        let beside = compose.services.count { other in
            compose.dockerfile(of: other).map { SourceTree.Entry(path: $0.location).directory } == folder
        }
        return beside == 1 && variable.origins.allSatisfy { $0.hasPrefix(folder + "/") }
    }
}
