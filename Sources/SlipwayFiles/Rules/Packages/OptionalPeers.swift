// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Packages for developers that npm leaves in place because another package may make use of them.
enum OptionalPeers {
    /// The tool, and what names it as an optional peer (its package.json, peerDependenciesMeta).
    private static let all = [(tool: "prisma", package: "@prisma/client")]

    /// Whether `npm ci --omit=dev` and `npm prune --omit=dev` leave the tool in place: it goes only when optional packages
    /// are left out as well (github.com/npm/cli, arborist's reify.js, devOptional).
    /// - Parameter command: The installation's shell text.
    static func keep(_ tool: String, beside manifest: DataNode, by command: String) -> Bool {
        let isNPM = ["npm ci", "npm install", "npm i ", "npm prune"].contains { sign in
            command.firstRange(of: sign).map { range in
                // Not pnpm's.
                range.lowerBound == command.startIndex || command[command.index(before: range.lowerBound)] != "p"
            } ?? false
        }
        let leaves = ["--omit=optional", "--omit optional", "--no-optional", "legacy-peer-deps"].contains(
            where: command.contains)
        return isNPM && !leaves
            && all.contains { $0.tool == tool && manifest["dependencies"]?[$0.package] != nil }
    }
}
