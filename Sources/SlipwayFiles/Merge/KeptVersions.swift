// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Versions of databases that earlier files named. A server of another major version does not start on the data that
/// is there, so neither a newer Slipway nor a Compose file that was adopted may change them by the way.
package struct KeptVersions: Sendable {
    /// Image names without a tag, by the name of the resource.
    private let versions: [String: String]

    package init(_ ledger: Ledger) {
        let files = ledger.entries.keys.sorted().filter { path in
            ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"].contains(path)
        }
        var versions: [String: String] = [:]
        for path in files {
            guard let text = ledger.entries[path]?.text else { continue }
            for service in ComposeFile(parsing: text).services where service.build == nil {
                guard let image = service.image?.text, let colon = image.lastIndex(of: ":") else { continue }
                let tag = image[image.index(after: colon)...]
                let version = tag.drop { $0 == "v" }.prefix { $0 != "-" }
                guard version.first?.isNumber == true else { continue }
                versions[service.name] = String(version)
            }
        }
        self.versions = versions
    }

    /// The same wish, with the version of each database for which the repository states none.
    package func applied(to app: AppSpec) -> AppSpec {
        var app = app
        for index in app.resources.indices where app.resources[index].version == nil {
            app.resources[index].version = versions[app.resources[index].name]
        }
        return app
    }
}
