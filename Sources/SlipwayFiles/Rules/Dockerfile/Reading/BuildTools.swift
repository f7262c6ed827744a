// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Compilers and headers in the image that runs.
enum BuildTools {
    private static let names: Set<String> = [
        "gcc", "g++", "make", "cmake", "build-essential", "build-base", "musl-dev", "python3-dev", "linux-headers",
        "cargo", "rustc", "clang", "gfortran", "libc-dev", "libc6-dev",
    ]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        guard let last = file.stages.last, !StageUse.isForDevelopment(file) else { return [] }
        var members: Set<Int> = []
        var stage: DockerfileStage? = last
        while let current = stage {
            members.insert(current.index)
            stage = current.parent.map { file.stages[$0] }
        }
        return file.steps("RUN").compactMap { step in
            guard let index = step.stage, members.contains(index), let commands = step.program?.commands else {
                return nil
            }
            let removes = commands.contains { command in
                ["apt-get", "apt"].contains(command.name) && command.hasArgument("purge", "remove", "autoremove")
                    || command.name == "apk" && command.hasArgument("del")
                    || ["yum", "dnf", "microdnf"].contains(command.name) && command.hasArgument("remove", "erase")
            }
            guard !removes else { return nil }
            for command in commands where isInstall(command) {
                guard let tool = command.arguments.first(where: isTool) else { continue }
                return Violation(
                    line: step.line,
                    "\(tool) stays in the image that runs; install it in a stage before and copy the result, or purge it in this RUN"
                )
            }
            return nil
        }
    }

    static func isInstall(_ command: ShellCommand) -> Bool {
        ["apt-get", "apt", "yum", "dnf", "microdnf", "zypper"].contains(command.name) && command.hasArgument("install")
            || PackageCommands.isApkAdd(command)
    }

    /// Whether a package only builds others.
    static func isTool(_ package: String) -> Bool {
        let name = String(package.prefix { !"=~<>".contains($0) })
        return names.contains(name) || name.hasPrefix("lib") && name.hasSuffix("-dev")
    }
}
