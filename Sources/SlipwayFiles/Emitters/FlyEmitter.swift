// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A fly.toml for each image, and nginx.fly.conf for the door, which finds the others by Fly's names.
package struct FlyEmitter: Emitter {
    package let name = "fly"
    package let target = FileTarget.fly

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        let network = FlyNetwork(layout: layout)
        var files = layout.images.map { image in
            GeneratedFile(
                path: FlyFile.path(of: image, in: layout),
                contents: FlyFile(image: layout.contained(image), layout: layout, tree: input.tree, network: network)
                    .contents)
        }
        if let front = layout.front, front.role.isServedFromFiles, let image = layout.image(of: front),
            !layout.upstreams(behind: front).isEmpty
        {
            files.append(
                GeneratedFile(
                    path: FlyFile.nginxPath(of: image, in: layout),
                    contents: NginxEmitter.configuration(
                        of: front, in: layout,
                        listens: [["\(Layout.fileServerPort)"], ["[::]:\(Layout.fileServerPort)"]],
                        // Fly's resolver stands at one address in every machine (fly.io/docs/networking/private-networking).
                        resolver: ["[fdaa::3]", "valid=5s"], address: { network.address(of: $0) })))
        }
        if !layout.images.isEmpty {
            files.append(
                GeneratedFile(
                    path: "scripts/deploy-fly.sh", contents: FlyScript(layout: layout).contents, isExecutable: true))
        }
        return files
    }
}
