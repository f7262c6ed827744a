// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

extension CargoPackage {
    /// The nearest folder above that declares a workspace, or the package's own.
    func workspaceRoot(in tree: SourceTree) -> String {
        for folder in PathText.ancestors(of: directory) {
            guard let text = tree.text(folder.appending(path: "Cargo.toml")), text.utf8.contains("[workspace]") else {
                continue
            }
            return folder
        }
        return directory
    }

    /// The channel of rust-toolchain, or `rust-version`.
    func rustVersion(in tree: SourceTree) -> (String, (file: String, number: Int))? {
        for folder in PathText.ancestors(of: directory) {
            let toolchain = folder.appending(path: "rust-toolchain.toml")
            if let text = tree.text(toolchain),
                let channel = TOMLDocument(parsing: text).root?["toolchain"]?["channel"],
                let version = channel.string, version.first?.isNumber == true
            {
                return (version, (toolchain, channel.line))
            }
            let plain = folder.appending(path: "rust-toolchain")
            if let text = tree.text(plain), text.first?.isNumber == true {
                return (String(text.prefix { !$0.isWhitespace }), (plain, 1))
            }
        }
        guard let node = root["package"]?["rust-version"], let version = node.string else { return nil }
        return (version, (manifest, node.line))
    }
}
