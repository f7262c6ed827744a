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
                guard let image = service.image?.text, let version = Self.version(in: image) else { continue }
                versions[service.name] = version
            }
        }
        self.versions = versions
    }

    /// `17` of `postgres:17-alpine`.
    private static func version(in image: String) -> String? {
        guard let colon = image.lastIndex(of: ":") else { return nil }
        let version = image[image.index(after: colon)...].drop { $0 == "v" }.prefix { $0 != "-" }
        return version.first?.isNumber == true ? String(version) : nil
    }

    /// The same wish, with the version of each database for which the repository states none: the one that earlier files
    /// named, else the one that the Compose file is about to name, so that every file says the same from the first time on.
    package func applied(to app: AppSpec) -> AppSpec {
        var app = app
        for index in app.resources.indices where app.resources[index].version == nil {
            let resource = app.resources[index]
            app.resources[index].version =
                versions[resource.name]
                ?? Self.version(in: ComposeResource(resource, in: Layout(AppSpec(name: "app"))).image)
        }
        return app
    }
}
