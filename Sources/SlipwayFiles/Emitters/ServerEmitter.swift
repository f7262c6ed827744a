// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What one machine with systemd needs, under the embedded engine or under Compose: units, site, rotation, scripts.
package struct ServerEmitter: Emitter {
    package let name = "vps"
    package let target = FileTarget.vps

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        let scripts = ServerScripts(layout: layout)
        return ServerFiles(layout: layout).files + [
            GeneratedFile(path: "scripts/setup-vps.sh", contents: scripts.setup, isExecutable: true),
            GeneratedFile(path: "scripts/deploy-ssh.sh", contents: scripts.deploy, isExecutable: true),
        ]
    }
}
