// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Package managers whose cache stays in the layer.
enum CacheOfPackages {
    private static let dnfActions: Set<String> = [
        "install", "in", "upgrade", "up", "update", "upgrade-minimal", "up-min", "reinstall", "rei",
    ]

    static func apk(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/apk"], "apk keeps its index; write: apk add --no-cache") { program in
            program.commands.contains { PackageCommands.isApkAdd($0) && !$0.hasFlag("no-cache") }
        }
    }

    static func yum(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/yum"], "yum keeps its cache; end with: && yum clean all") { program in
            isLeft(
                in: program, by: { $0.name == "yum" && $0.hasArgument("install") },
                removedBy: { $0.name == "yum" && $0.hasArgument("clean") || removes("/var/cache/yum", $0) })
        }
    }

    static func dnf(_ file: CheckedDockerfile) -> [Violation] {
        violations(
            file, mounts: ["/var/cache/dnf", "/var/cache/libdnf5", ".cache/libdnf5"],
            "dnf keeps its cache; end with: && dnf clean all"
        ) { program in
            ["dnf", "microdnf"].contains { name in
                isLeft(
                    in: program,
                    by: { $0.name == name && $0.arguments.contains(where: dnfActions.contains) },
                    removedBy: { command in
                        command.name == name && command.hasArgument("clean")
                            || ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"].contains {
                                removes($0, command)
                            }
                    })
            }
        }
    }

    static func zypper(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/zypp"], "zypper keeps its cache; end with: && zypper clean") { program in
            isLeft(
                in: program, by: { $0.name == "zypper" && $0.hasArgument("install", "in") },
                removedBy: { $0.name == "zypper" && $0.hasArgument("clean", "cc") })
        }
    }

    static func yarn(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: [".cache/yarn"], "yarn keeps its cache; end with: && yarn cache clean") { program in
            isLeft(
                in: program, by: { $0.name == "yarn" && $0.hasArgument("install") },
                removedBy: { $0.name == "yarn" && $0.contains(["cache", "clean"]) })
        }
    }

    /// Whether nothing cleans after the last command that fills the cache.
    private static func isLeft(
        in program: ShellProgram, by fills: (ShellCommand) -> Bool, removedBy cleans: (ShellCommand) -> Bool
    ) -> Bool {
        guard let last = program.commands.lastIndex(where: fills) else { return false }
        return last > program.commands.lastIndex(where: cleans) ?? -1
    }

    private static func removes(_ folder: String, _ command: ShellCommand) -> Bool {
        command.name == "rm" && command.arguments.contains { $0.hasPrefix(folder) }
    }

    private static func violations(
        _ file: CheckedDockerfile, mounts: [String], _ message: String, where keepsCache: (ShellProgram) -> Bool
    ) -> [Violation] {
        file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program, AptListLayers.isKept(step, in: file),
                keepsCache(program)
            else { return nil }
            let isMounted = step.instruction.flags.contains { flag in
                guard flag.name == "mount", ["cache", "tmpfs"].contains(flag.field("type") ?? "") else { return false }
                let target = flag.field("target") ?? flag.field("dst") ?? flag.field("destination") ?? ""
                return mounts.contains { target.hasPrefix($0) || target.contains($0) && !$0.hasPrefix("/") }
            }
            return isMounted ? nil : Violation(line: step.line, message)
        }
    }
}
