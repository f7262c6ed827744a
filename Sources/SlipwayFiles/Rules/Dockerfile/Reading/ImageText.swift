// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a FROM names, taken apart without replacing variables.
enum ImageText {
    /// What follows the last colon of the last component; `nil` without one.
    static func tag(of image: String) -> String? {
        let body = image.prefix { $0 != "@" }
        let name = body.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !body.contains("${") || body.hasSuffix("}") == false || name.contains(":") else { return nil }
        guard let colon = name.firstIndex(of: ":") else { return nil }
        return String(name[name.index(after: colon)...])
    }

    /// The last component of the name, without tag and digest: `python` of `docker.io/library/python:3.12`.
    static func shortName(of image: String) -> String {
        let last = image.prefix { $0 != "@" }.split(separator: "/").last ?? ""
        return String(last.prefix { $0 != ":" })
    }

    static func isUntagged(_ image: String) -> Bool {
        guard !image.isEmpty, image != "scratch", !image.contains("$"), !image.contains("@") else { return false }
        return tag(of: image) == nil
    }
}

extension DockerfileStage {
    /// The name as the file spells it.
    var writtenName: String? { from.arguments.count == 3 ? from.arguments[2] : nil }
}
