// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The `.slipway` folder of an application.
package enum StateFolder {
    /// Everything but what other clones need stays out of git.
    private static let ignored = "*\n!.gitignore\n!.gitattributes\n!generated.json\n"
    /// The ledger repeats what the files say; reviewing it tells nobody anything.
    private static let attributes = "generated.json linguist-generated -diff\n"

    /// Creates the folder and the files that tell git about it, where they are not there.
    /// - Parameter files: Of the application's root.
    package static func make(in files: FileStore) throws {
        try files.makeDirectory(".slipway")
        let old = try? files.text(".slipway/.gitignore")
        if old == nil || old == "*\n" { try files.write(ignored, to: ".slipway/.gitignore") }
        if !files.exists(".slipway/.gitattributes") { try files.write(attributes, to: ".slipway/.gitattributes") }
    }
}
