// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Package lists of apt that stay in a layer.
enum AptListLayers {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program else { return nil }
            let commands = program.commands
            guard commands.contains(where: updates), !commands.contains(where: removesLists) else { return nil }
            if areMounted(step.instruction.flags.filter { $0.name == "mount" }) { return nil }
            guard isKept(step, in: file) else { return nil }
            return Violation(
                line: step.line, "the package lists stay in the layer; end with: && rm -rf /var/lib/apt/lists/*")
        }
    }

    /// Whether the layer is part of an image; that of a trigger is in whatever image starts from this one.
    static func isKept(_ step: DockerfileStep, in file: CheckedDockerfile) -> Bool {
        step.isTrigger || isLast(step.stage, in: file)
    }

    /// Layers of a stage that nothing starts from are not part of any image.
    static func isLast(_ stage: Int?, in file: CheckedDockerfile) -> Bool {
        guard let stage else { return true }
        return stage == file.stages.count - 1 || file.stages.contains { $0.parent == stage }
    }

    private static func updates(_ command: ShellCommand) -> Bool {
        ["apt-get", "apt", "aptitude"].contains(command.name) && command.hasArgument("update")
    }

    private static func removesLists(_ command: ShellCommand) -> Bool {
        command.name == "rm"
            && command.arguments.contains { $0.hasPrefix("/var/lib/apt/") || $0 == "/var/lib/apt" }
    }

    /// Mounts keep what is below them out of the layer.
    private static func areMounted(_ mounts: [DockerfileFlag]) -> Bool {
        let targets = mounts.filter { ["cache", "tmpfs"].contains($0.field("type") ?? "bind") }.map { mount in
            let target = mount.field("target") ?? mount.field("dst") ?? mount.field("destination") ?? ""
            return target.utf8.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        }
        return targets.contains("/var/lib/apt/lists")
            || targets.contains("/var/lib/apt") && targets.contains("/var/cache/apt")
    }
}
