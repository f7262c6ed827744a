// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Package managers whose cache stays in the layer.
enum CacheOfPackages {
    private static let dnfActions: Set<String> = ["install", "in", "upgrade", "reinstall", "up-min", "upgrade-minimal"]

    static func apk(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/apk"], "apk keeps its index; write: apk add --no-cache") { program in
            program.commands.contains { PackageCommands.isApkAdd($0) && !$0.hasFlag("no-cache") }
        }
    }

    static func yum(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/yum"], "yum keeps its cache; end with: && yum clean all") { program in
            program.commands.contains { $0.name == "yum" && $0.hasArgument("install") }
                && !program.commands.contains {
                    $0.name == "yum" && $0.hasArgument("clean")
                        || $0.name == "rm" && $0.arguments.contains { $0.hasPrefix("/var/cache/yum") }
                }
        }
    }

    static func dnf(_ file: CheckedDockerfile) -> [Violation] {
        violations(
            file, mounts: ["/var/cache/dnf", "/var/cache/libdnf5", ".cache/libdnf5"],
            "dnf keeps its cache; end with: && dnf clean all"
        ) { program in
            ["dnf", "microdnf"].contains { name in
                program.commands.contains { command in
                    command.name == name && command.arguments.contains(where: dnfActions.contains)
                }
                    && !program.commands.contains {
                        $0.name == name && $0.hasArgument("clean")
                            || $0.name == "rm"
                                && $0.arguments.contains {
                                    $0.hasPrefix("/var/cache/dnf") || $0.hasPrefix("/var/cache/libdnf5")
                                }
                    }
            }
        }
    }

    static func zypper(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: ["/var/cache/zypp"], "zypper keeps its cache; end with: && zypper clean") { program in
            program.commands.contains { $0.name == "zypper" && $0.hasArgument("install", "in") }
                && !program.commands.contains { $0.name == "zypper" && $0.hasArgument("clean", "cc") }
        }
    }

    static func yarn(_ file: CheckedDockerfile) -> [Violation] {
        violations(file, mounts: [".cache/yarn"], "yarn keeps its cache; end with: && yarn cache clean") { program in
            let install = program.commands.lastIndex { $0.name == "yarn" && $0.hasArgument("install") }
            let clean = program.commands.lastIndex { $0.name == "yarn" && $0.contains(["cache", "clean"]) }
            return install.map { $0 > clean ?? -1 } ?? false
        }
    }

    private static func violations(
        _ file: CheckedDockerfile, mounts: [String], _ message: String, where keepsCache: (ShellProgram) -> Bool
    ) -> [Violation] {
        file.reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program, AptListLayers.isLast(step.stage, in: file),
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
