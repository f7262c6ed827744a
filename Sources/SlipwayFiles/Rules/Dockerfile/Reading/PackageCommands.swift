// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What installs packages, and how: each function answers for one command.
enum PackageCommands {
    // MARK: apt

    private static let aptValues: Set<String> = ["t", "target-release", "o", "option", "c", "config-file"]

    private static func isAptInstall(_ command: ShellCommand) -> Bool {
        command.name == "apt-get" && command.hasArgument("install")
    }

    static func unpinnedApt(_ command: ShellCommand) -> [String] {
        guard isAptInstall(command) else { return [] }
        return command.operands(valuesOf: aptValues).filter { package in
            package != "install" && !package.contains("=") && !package.contains("/") && !package.hasSuffix(".deb")
        }
    }

    /// Names of packages, without versions and releases.
    static func installedByApt(_ command: ShellCommand) -> [String] {
        guard isAptInstall(command) || command.name == "apt" && command.hasArgument("install") else { return [] }
        return command.operands(valuesOf: aptValues).compactMap { package in
            let name = String(package.prefix { $0 != "=" && $0 != ":" })
            return package == "install" || package.contains("/") || package.hasSuffix(".deb") ? nil : name
        }
    }

    static func isAptWithoutYes(_ command: ShellCommand) -> Bool {
        guard isAptInstall(command) else { return false }
        if command.hasFlag("y", "yes", "assume-yes") || command.arguments.contains("-qq") { return false }
        let quiet = command.flags.count { $0.name == "q" || $0.name == "quiet" }
        return quiet < 2 && !command.arguments.contains { ["-q=2", "-qq"].contains($0) }
    }

    static func isAptWithRecommends(_ command: ShellCommand) -> Bool {
        guard isAptInstall(command) else { return false }
        return !command.hasFlag("no-install-recommends")
            && !command.arguments.contains { $0.contains("APT::Install-Recommends=false") }
    }

    // MARK: pip

    static func isPipInstall(_ command: ShellCommand) -> Bool {
        if command.name.hasPrefix("pip"), !["pipenv", "pipx"].contains(where: command.name.hasPrefix) {
            return command.hasArgument("install")
        }
        return command.name.hasPrefix("python") && command.contains(["-m", "pip", "install"])
    }

    private static let pipValues: Set<String> = [
        "abi", "b", "build", "c", "constraint", "e", "editable", "extra-index-url", "f", "find-links", "i", "index-url",
        "implementation", "no-binary", "only-binary", "platform", "prefix", "progress-bar", "proxy", "python",
        "python-version",
        "root", "root-user-action", "src", "t", "target", "trusted-host", "upgrade-strategy",
    ]
    private static let sourceControl = ["git+", "hg+", "svn+", "bzr+"]

    static func unpinnedPip(_ command: ShellCommand) -> [String] {
        guard isPipInstall(command) || command.name == "pipx" && command.hasArgument("install"),
            !command.hasFlag("r", "requirement", "c", "constraint"),
            !command.arguments.contains(where: { $0.hasPrefix("-r") || $0.hasPrefix("-c") })
        else { return [] }
        let operands = command.operands(valuesOf: pipValues)
        guard let install = operands.firstIndex(of: "install") else { return [] }
        return operands[(install + 1)...].filter { package in
            if sourceControl.contains(where: package.hasPrefix) {
                return package.split(separator: "/").last?.contains("@") != true
            }
            if package.contains("==") || package.contains("@") { return false }
            if [".whl", ".tar.gz", ".zip"].contains(where: package.hasSuffix) || package.contains("/") { return false }
            if package == "." || package.hasPrefix(".") { return false }
            return !["<", ">", "~=", "!="].contains { package.contains($0) }
        }
    }

    // MARK: npm

    static func unpinnedNpm(_ command: ShellCommand) -> [String] {
        let values: Set<String> = ["loglevel", "registry", "prefix", "cache", "w", "workspace"]
        guard command.name == "npm", command.operands(valuesOf: values).first == "install" else { return [] }
        return command.operands(valuesOf: values).filter { package in
            guard package != "install" else { return false }
            if ["git+ssh://", "git+http://", "git+https://", "git://"].contains(where: package.hasPrefix) {
                return !package.contains("#")
            }
            if package.hasPrefix("/") || package.hasPrefix("./") || package.hasPrefix("../") || package.hasPrefix("~/")
                || package.hasSuffix(".tgz") || package.hasSuffix(".tar.gz") || package.hasSuffix(".tar")
            {
                return false
            }
            let name = package.hasPrefix("@") ? package.dropFirst() : package[...]
            return !name.contains("@")
        }
    }

    // MARK: apk

    static func isApkAdd(_ command: ShellCommand) -> Bool { command.name == "apk" && command.hasArgument("add") }

    static func unpinnedApk(_ command: ShellCommand) -> [String] {
        guard isApkAdd(command) else { return [] }
        return command.operands(valuesOf: ["t", "virtual", "repository", "X"]).filter { package in
            package != "add" && !package.contains { "=~<>".contains($0) } && !package.hasSuffix(".apk")
        }
    }

    // MARK: gem

    private static let gemSwitches: Set<String> = [
        "--no-document", "--no-ri", "--no-rdoc", "-N", "-f", "--force", "--user-install", "--no-user-install", "--pre",
        "--prerelease", "-q", "--quiet", "--silent", "-V", "--verbose", "--development", "--conservative",
        "--minimal-deps", "--local", "-l", "--remote", "-r", "--clear-sources", "--ignore-dependencies", "--wrappers",
        "-w", "-E", "--env-shebang", "--backtrace", "--no-wrappers",
    ]

    static func unpinnedGem(_ command: ShellCommand) -> [String] {
        guard command.name == "gem", command.hasArgument("install", "i"), !command.hasFlag("v", "version"),
            !command.arguments.contains(where: { $0.hasPrefix("--version=") })
        else { return [] }
        // What follows a flag is its value, unless the flag is known to have none.
        var operands: [String] = []
        var isValue = false
        for argument in command.arguments.prefix(while: { $0 != "--" }) {
            if argument.hasPrefix("-") {
                isValue = !argument.contains("=") && !gemSwitches.contains(argument)
            } else {
                if !isValue { operands.append(argument) }
                isValue = false
            }
        }
        return operands.filter { $0 != "install" && $0 != "i" && !$0.contains(":") }
    }

    // MARK: yum, dnf, zypper

    private static let yumActions = ["install", "groupinstall", "localinstall"]

    static func isYumWithoutYes(_ command: ShellCommand) -> Bool {
        command.name == "yum" && command.arguments.contains(where: yumActions.contains)
            && !command.hasFlag("y", "assumeyes")
    }

    static func unpinnedYum(_ command: ShellCommand, isKnown: (String) -> Bool) -> [String] {
        guard command.name == "yum", command.hasArgument("install") else { return [] }
        return unpinnedRPM(command, isKnown: isKnown)
    }

    static func isDnf(_ command: ShellCommand) -> Bool { ["dnf", "microdnf"].contains(command.name) }

    static func isDnfWithoutYes(_ command: ShellCommand) -> Bool {
        isDnf(command) && command.arguments.contains(where: yumActions.contains) && !command.hasFlag("y", "assumeyes")
    }

    static func unpinnedDnf(_ command: ShellCommand, isKnown: (String) -> Bool) -> [String] {
        // A group has no version.
        guard isDnf(command), command.hasArgument("install"), !command.hasArgument("group") else { return [] }
        return unpinnedRPM(command, isKnown: isKnown)
    }

    /// - Parameter isKnown: Whether a variable has a value here; one that has none pins nothing.
    private static func unpinnedRPM(_ command: ShellCommand, isKnown: (String) -> Bool) -> [String] {
        let isModule = command.hasArgument("module")
        let sources = Dictionary(command.words.map { ($0.text, $0.source) }) { first, _ in first }
        return command.operands(valuesOf: ["enablerepo", "disablerepo"]).filter { package in
            guard package != "install", package != "module" else { return false }
            if isModule { return !package.contains(":") }
            if package.contains("-${VAR}"), let source = sources[package] {
                return !OwnVariables.names(in: source).allSatisfy(isKnown)
            }
            return !isPinnedRPM(package)
        }
    }

    private static func isPinnedRPM(_ package: String) -> Bool {
        if package.hasSuffix(".rpm") || package.hasPrefix("@") || package.contains("-${VAR}") { return true }
        let bytes = Array(package.utf8)
        return zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1.isDigit }
    }

    static func isZypperWithoutYes(_ command: ShellCommand) -> Bool {
        let actions = ["install", "in", "remove", "rm", "source-install", "si", "patch"]
        return command.name == "zypper" && command.arguments.contains(where: actions.contains)
            && !command.hasFlag("n", "non-interactive", "no-confirm", "y")
    }

    static func unpinnedZypper(_ command: ShellCommand) -> [String] {
        guard command.name == "zypper", command.hasArgument("install", "in") else { return [] }
        return command.operands().filter { package in
            !["install", "in"].contains(package) && !["=", ">", "<"].contains { package.contains($0) }
                && !package.hasSuffix(".rpm")
        }
    }

    // MARK: go

    static func unpinnedGo(_ command: ShellCommand) -> [String] {
        guard command.name == "go", let action = command.arguments.first, ["install", "get", "run"].contains(action)
        else { return [] }
        return command.operands(valuesOf: ["tags", "ldflags", "gcflags"]).dropFirst().prefix(action == "run" ? 1 : .max)
            .filter { package in
                guard !package.hasPrefix("."), !package.hasPrefix("/"), !package.hasSuffix(".go"),
                    !["std", "cmd", "all", "tool"].contains(package)
                else { return false }
                return !package.contains("@") || package.hasSuffix("@latest") || package.hasSuffix("@none")
            }
    }

    // MARK: others

    static func isHighUserID(_ command: ShellCommand) -> Bool {
        guard command.name == "useradd", !command.hasFlag("l", "no-log-init") else { return false }
        for flag in command.flags where flag.name == "u" || flag.name == "uid" {
            let argument = command.arguments[flag.argument]
            let value = argument.contains("=") ? String(argument.drop { $0 != "=" }.dropFirst()) : nil
            let next = flag.argument + 1 < command.arguments.count ? command.arguments[flag.argument + 1] : ""
            let number = value ?? next
            if number.utf8.count > 5, number.utf8.allSatisfy(\.isDigit) { return true }
        }
        return false
    }

    static func isNoisyWget(_ command: ShellCommand) -> Bool {
        command.name == "wget"
            && !command.hasFlag("progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose", "nv")
            && !command.arguments.contains { $0.hasPrefix("-nv") }
    }
}
