// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The Compose files, each complete in itself.
package enum ComposeFileName {
    package static let stack = "docker-compose.yml"
    package static let development = "docker-compose.dev.yml"
    package static let production = "docker-compose.prod.yml"
    /// Where the values of production stand; never in git.
    package static let productionValues = ".env.production"
}

extension Layout {
    /// Databases whose contents can be dumped while they run.
    package var dumpable: [Resource] {
        resources(of: app.services).filter { [.postgres, .mysql, .mariadb, .mongodb].contains($0.kind) }
    }

    /// Services with files that must survive.
    package var keepers: [Service] { app.services.filter { !$0.writableDirectories.isEmpty } }
}
