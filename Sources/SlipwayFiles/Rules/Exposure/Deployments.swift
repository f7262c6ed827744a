// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Whether and behind what the repository's programs are deployed.
enum Deployments {
    static func exist(in repository: CheckedRepository) -> Bool {
        repository.deployedUnits.contains { !$0.isForDevelopment } || isOnPlatform(repository)
            || !repository.units.isEmpty || !repository.manifests.isEmpty
            || repository.scripts.contains { $0.isDeployment }
            || repository.tree.entries.contains { ["ecosystem.config.js", "ecosystem.config.cjs"].contains($0.name) }
    }

    /// Platforms whose own proxy takes the requests.
    static func isOnPlatform(_ repository: CheckedRepository) -> Bool {
        !repository.flyFiles.isEmpty || !repository.renderBlueprints.isEmpty || !repository.railwayConfigs.isEmpty
            || !repository.procfiles.isEmpty
    }

    /// Where it says that a proxy passes requests on.
    static func proxy(in repository: CheckedRepository) -> String? {
        if let file = repository.nginxFiles.first(where: { !$0.document.all("proxy_pass").isEmpty }) {
            return file.location
        }
        if let entry = repository.tree.entries.first(where: { $0.name == "Caddyfile" }) { return entry.path }
        if let file = repository.flyFiles.first { return file.location }
        if let file = repository.renderBlueprints.first { return file.location }
        if let file = repository.railwayConfigs.first { return file.location }
        return repository.procfiles.first?.location
    }
}
