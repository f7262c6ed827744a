// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles
import SlipwayHost

/// How the containers, networks, volumes and images of one application are called, and told from those of others.
struct ContainerNames: Equatable, Sendable {
    static let applicationLabel = "slipway.application"
    static let releaseLabel = "slipway.release"
    static let serviceLabel = "slipway.service"

    /// `shop-3fa2c1`: two checkouts of one repository on one machine stay apart.
    let application: String

    init(application name: String, directory: String) {
        application = Layout.label(name) + "-" + Digest.sha256(directory).prefix(6)
    }

    /// The Compose project of one release.
    func project(_ release: Int) -> String { "\(application)-r\(release)" }
    func container(_ instance: String, release: Int) -> String { "\(project(release))-\(unit(instance))" }
    /// A process of a service in a Compose file: `server`, `server.2`.
    func unit(_ instance: String) -> String { instance.replacing("#", with: ".") }
    func network(_ name: String, release: Int) -> String { "\(project(release))-\(name)" }
    func volume(_ name: String) -> String { "\(application)-\(name)" }
    func image(_ service: String, release: Int) -> String { "\(application)-\(service):r\(release)" }

    /// The release of an image's name, where it is one of ours.
    func release(ofImage name: String) -> Int? {
        guard name.hasPrefix(application + "-"), let colon = name.lastIndex(of: ":"),
            name[name.index(after: colon)...].hasPrefix("r")
        else { return nil }
        return Int(name[name.index(colon, offsetBy: 2)...])
    }
}
