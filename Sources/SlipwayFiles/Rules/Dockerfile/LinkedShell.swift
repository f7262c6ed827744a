// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Packages and scripts expect /bin/sh as it was; SHELL changes what RUN uses.
    static let linkedShell = Rule(
        "DF405", .info, "a link in place of /bin/sh", alias: ["DL4005"],
        why: "Packages and scripts expect /bin/sh as it was; SHELL changes what RUN uses.",
        catches: ["FROM debian:12\nRUN ln -sfv /bin/bash /bin/sh"],
        passes: ["FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]"]
    ) { file in
        file.runs("/bin/sh is replaced for everything; write: SHELL [\"/bin/bash\", \"-c\"]") {
            $0.name == "ln" && $0.hasArgument("/bin/sh")
        }
    }
}
