// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Docker makes no such container.
    static let relativeTarget = Rule(
        "CO161", .error, "a volume's place in the container is no absolute path",
        why:
            "The engine refuses to create the container: the mount path must be absolute, whatever folder the image works "
            + "in.",
        catches: [
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./:./']\n"],
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./src:app/src']\n"],
        ],
        passes: [
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./:/app']\n"],
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./:${FOLDER:-/app}']\n"],
            ["compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['data:/data:ro']\n"],
        ]
    ) { file in
        file.services.flatMap { service in
            service.mounts.compactMap { mount in
                // A drive of Windows, or what the environment says.
                let isOther = mount.target.contains("$") || mount.target.contains("\\") || mount.target.count < 2
                guard !mount.target.hasPrefix("/"), !isOther || mount.target == "." else { return nil }
                return Violation(
                    line: mount.position.line,
                    "\(mount.target) is no place in a container; write an absolute path, such as "
                        + "\(mount.source.map { $0 + ":" } ?? "")/app")
            }
        }
    }
}
