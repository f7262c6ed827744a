// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which of Python's lists an image is installed with.
enum InstalledLists {
    /// Whether the Dockerfile's build installs the list.
    static func isInstalled(_ list: PythonPins, by file: CheckedDockerfile) -> Bool {
        let name = SourceTree.Entry(path: list.place).name
        let folder = SourceTree.Entry(path: file.location).directory
        let isNear = list.folder == folder || list.folder.hasPrefix(folder + "/") || folder == "."
        return isNear
            && file.reading.file.instructions.contains { instruction in
                let text = instruction.text
                return instruction.keyword == "RUN"
                    && (text.contains(name) || list.isLock && (text.contains("uv sync") || text.contains("poetry ")))
            }
    }
}
