// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// A volume that was to be safe from writing is not.
    static let mountMode = Rule(
        "CO044", .warning, "a mount has an option that does not exist",
        why:
            "Compose passes over an option of a mount that it does not know (compose-go, format/volume.go): what was meant to "
            + "be read-only can be written.",
        catches: ["services:\n  a:\n    image: a:1\n    volumes: ['data:/d:rx']\nvolumes: {data: {}}\n"],
        passes: [
            "services:\n  a:\n    image: a:1\n    volumes: ['d:/d:ro', './a:/a:ro,z', './b:/b:cached']\nvolumes: {d: {}}\n",
            "services:\n  a:\n    image: a:1\n    volumes: ['C:\\a:/a', 'd:/d:${MODE}']\nvolumes: {d: {}}\n",
        ]
    ) { file in
        let known: Set<String> = [
            "ro", "rw", "z", "Z", "cached", "delegated", "consistent", "nocopy", "copy", "shared", "rshared", "slave",
            "rslave", "private", "rprivate", "volume-nocopy", "bind-propagation", "U", "O", "idmap", "exec", "noexec",
            "suid", "nosuid", "dev", "nodev",
        ]
        return file.services.flatMap { service in
            (service.node["volumes"]?.sequence ?? []).compactMap { item -> Violation? in
                guard let text = item.text, !text.contains("$"), !text.contains("\\") else { return nil }
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                // A single letter in front is a drive of Windows.
                guard parts.count == 3, parts[0].count > 1, parts[1].hasPrefix("/") else { return nil }
                let wrong = parts[2].split(separator: ",").first { option in
                    !known.contains(String(option.prefix { $0 != "=" }))
                }
                return wrong.map {
                    Violation(line: item.line, column: item.column, "\($0) is no option of a mount; write: ro, or rw")
                }
            }
        }
    }
}
