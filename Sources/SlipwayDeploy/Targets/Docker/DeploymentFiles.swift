// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

/// Which generated files containers are built and run from.
package enum DeploymentFiles {
    /// Those of the Docker target and those that every target shares.
    package static func forContainers(_ application: AppSpec, _ tree: SourceTree) -> [GeneratedFile] {
        let input = EmitterInput(app: application, tree: tree)
        return EmitterCatalog.all.filter { $0.target == .docker || $0.target == .common }.flatMap { $0.emit(input) }
    }
}
