// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// adduser: user 'nginx' in use
    static let takenAccount = Rule(
        "DF094", .error, "an account is made that the base image has already",
        why:
            "adduser and its kin refuse a name or a number that somebody has: the build ends with: in use, is not unique, "
            + "already exists. Node's image has node with 1000, nginx's has nginx, Ubuntu's since 24.04 has ubuntu with 1000.",
        catches: [
            "FROM nginx:1.27-alpine\nRUN addgroup -g 1001 app && adduser -D -u 1001 -G app nginx",
            "FROM node:22-alpine\nRUN addgroup -g 1000 app && adduser -D -u 1000 -G app app",
            "FROM node:22-slim\nARG UID=1000\nRUN useradd --uid ${UID} --create-home app",
            "FROM ubuntu:24.04\nRUN useradd -m -u 1000 app",
        ],
        passes: [
            "FROM node:22-alpine\nRUN adduser -D -u 1001 app", "FROM debian:12\nRUN useradd -u 1000 app",
            "FROM node:22-alpine\nRUN deluser --remove-home node && adduser -D -u 1000 app",
            "FROM node:22\nRUN id node || useradd -u 1000 app", "FROM node:22\nRUN useradd -o -u 1000 app",
            "FROM node:22-alpine\nRUN adduser node root", "FROM ubuntu:22.04\nRUN useradd -u 1000 app",
            "FROM nginx:1.27-alpine\nRUN adduser -D app && addgroup app nginx",
            "FROM nginx:1.27\nRUN adduser --system nginx", "FROM python:3.13\nRUN useradd --uid 1000 app || true",
        ]
    ) { file in
        file.reading.steps.compactMap { step -> Violation? in
            guard step.keyword == "RUN", !step.isTrigger, !step.hasForeignShell, let index = step.stage,
                file.stages.indices.contains(index), let program = step.program
            else { return nil }
            let stage = file.stages[index]
            guard let known = TakenAccounts(image: file.rootImage(of: stage)),
                !TakenAccounts.isCareful(step.instruction.text),
                !file.lineage(of: stage).contains(where: { TakenAccounts.makesRoom($0.text) })
            else { return nil }
            let scope = file.scopes[index]
            let values = scope.indices.contains(step.position) ? scope[step.position] : nil
            for command in program.commands where !command.isFollowedByOr && command.joint != .or {
                let words = command.words.drop { $0.text != command.name }.dropFirst().map { word in
                    word.text.contains("${") ? values?.expand(word.source).text ?? word.text : word.text
                }
                guard let clash = known.clash(command.name, words) else { continue }
                return Violation(line: step.line, "\(clash); \(known.advice)")
            }
            return nil
        }
    }
}

/// The accounts that official images bring beside those of their distribution.
private struct TakenAccounts {
    /// The name of both the user and its group.
    let name: String
    /// Of both; `nil` where only the name is sure.
    let number: String?
    let family: PackageFamily

    /// Names and numbers from the images' own Dockerfiles (github.com/nodejs/docker-node, nginx/docker-nginx,
    /// oven-sh/bun) and Ubuntu's cloud images.
    init?(image: String) {
        let parsed = ImageName(image)
        guard let family = PackageFamily.of(image) ?? (parsed.repository == "oven/bun" ? .debian : nil) else {
            return nil
        }
        self.family = family
        switch parsed.repository {
        case "node": (name, number) = ("node", "1000")
        case "oven/bun": (name, number) = ("bun", "1000")
        case "nginx": (name, number) = ("nginx", "101")
        case "ubuntu" where parsed.majorVersion.map { $0 >= 24 } == true || parsed.tag == "noble":
            (name, number) = ("ubuntu", "1000")
        default: return nil
        }
    }

    var advice: String {
        name == "nginx"
            ? "it is there already, so leave that out"
            : "take the one that is there, USER \(name), or write another number: 1001"
    }

    /// Whether the text asks first, or goes on after a failure.
    static func isCareful(_ text: String) -> Bool {
        ["getent", "if ", "id -u", "|| true", "set +e", "/etc/passwd", "/etc/group"].contains(where: text.contains)
    }

    static func makesRoom(_ text: String) -> Bool {
        ["deluser", "userdel", "usermod", "groupmod", "delgroup", "groupdel"].contains(where: text.contains)
    }

    /// What the command collides with, as its message says it.
    func clash(_ command: String, _ arguments: [String]) -> String? {
        let isUser = ["adduser", "useradd"].contains(command)
        guard isUser || ["addgroup", "groupadd"].contains(command) else { return nil }
        // Debian's adduser is content with a system account that is there; -o allows a number twice, -f goes on.
        let isForgiving = arguments.contains { argument in
            switch command {
            case "adduser", "addgroup": family == .debian && argument == "--system"
            default: ["-o", "--non-unique", "-f", "--force"].contains(argument)
            }
        }
        guard !isForgiving else { return nil }
        var operands: [String] = []
        var given: String?
        var index = 0
        let numberOptions = isUser ? ["-u", "--uid"] : ["-g", "--gid"]
        while index < arguments.count {
            let word = arguments[index]
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if numberOptions.contains(parts[0]) {
                given = parts.count == 2 ? parts[1] : index + 1 < arguments.count ? arguments[index + 1] : nil
            }
            if word.hasPrefix("-") {
                // Options with a value; single letters of BusyBox can stand together, and the last takes the value.
                let takesValue =
                    parts.count == 1 && word != "--"
                    && (Self.withValue.contains(word)
                        || !word.hasPrefix("--") && word.count > 2 && word.last.map { "uGghskd".contains($0) } == true)
                if takesValue, !word.hasPrefix("--"), word.count > 2, word.last == (isUser ? "u" : "g") {
                    given = index + 1 < arguments.count ? arguments[index + 1] : nil
                }
                index += takesValue ? 2 : 1
            } else {
                operands.append(word)
                index += 1
            }
        }
        // Two names put a user into a group.
        guard operands.count == 1 else { return nil }
        if operands[0] == name { return "the image has a \(isUser ? "user" : "group") \(name)" }
        guard let number, given == number else { return nil }
        return "the image has \(number) for \(name), so \(operands[0]) cannot have it"
    }

    private static let withValue: Set<String> = [
        "-u", "-g", "-G", "-h", "-s", "-k", "-d", "-c", "-K", "-b", "-e", "-p", "--uid", "--gid", "--home", "--shell",
        "--group", "--groups", "--ingroup", "--gecos", "--home-dir", "--comment", "--password", "--skel", "--base-dir",
    ]
}
