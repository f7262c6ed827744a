// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The working folder of a Python image that belongs to root while another account runs in it: WORKDIR makes it for root,
/// whatever COPY --chown says of the files in it.
struct RootOwnedFolder {
    let path: String
    /// Who runs there.
    let user: String

    init?(of unit: DeployedUnit) {
        let instructions = unit.instructions
        guard unit.service?.user == nil, unit.service?.node["working_dir"] == nil,
            let last = instructions.lastIndex(where: { $0.keyword == "USER" }),
            instructions.firstIndex(where: { $0.keyword == "USER" }) == last,
            let made = instructions.lastIndex(where: { $0.keyword == "WORKDIR" }), made < last,
            let path = instructions[made].arguments.first, path.hasPrefix("/"), !path.contains("$"),
            let name = instructions[last].arguments.first, !name.contains("$"),
            !["root", "0"].contains(name.prefix { $0 != ":" }),
            // An image that is somebody else's may bring the folder.
            ImageName(unit.dockerfile.finalBase ?? "").repository == "python",
            !instructions.contains(where: { Self.gives($0, path) }),
            !(unit.service?.mounts ?? []).contains(where: { DataPaths.covers($0.target, path) })
        else { return nil }
        self.path = path
        user = String(name.prefix { $0 != ":" })
    }

    /// Whether a step hands the folder over, or makes it the account's home.
    private static func gives(_ instruction: DockerfileInstruction, _ path: String) -> Bool {
        guard instruction.keyword == "RUN" else { return false }
        return ["chown", "chmod", "install "].contains(where: instruction.text.contains)
            || (instruction.text.contains("useradd") || instruction.text.contains("adduser"))
                && instruction.text.contains(path)
    }
}
