// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// error: externally-managed-environment
    static let managedPython = Rule(
        "DF093", .error, "pip installs into the Python of the distribution, which refuses it",
        why:
            "Debian since 12, Ubuntu since 23.04 and Alpine since 3.19 mark their Python as their own (PEP 668): pip install ends with "
            + "externally-managed-environment.",
        catches: [
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3 python3-pip\nCOPY . .\nRUN pip3 install -r requirements.txt\n",
            "FROM node:22-alpine3.21\nRUN apk add --no-cache python3 py3-pip && pip install awscli\n",
        ],
        passes: [
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3 python3-pip\nRUN pip3 install --break-system-packages -r requirements.txt\n",
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3-venv && python3 -m venv /v\nENV PATH=/v/bin:$PATH\nRUN pip install -r requirements.txt\n",
            "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install -r requirements.txt\n",
            "FROM python:3.13\nRUN pip install -r requirements.txt\n",
            "FROM ubuntu:24.04\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv\nRUN uv pip install -r requirements.txt\n",
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3-pip && rm /usr/lib/python3.12/EXTERNALLY-MANAGED\nRUN pip3 install flask\n",
        ]
    ) { file in
        file.stages.compactMap { stage in
            let made = file.lineage(of: stage)
            let text = made.map(\.text).joined(separator: "\n")
            let root = file.rootImage(of: stage)
            guard isMarked(ImageName(root)), ["python3-pip", "py3-pip", "py-pip"].contains(where: text.contains),
                ![
                    "venv", "EXTERNALLY-MANAGED", "BREAK_SYSTEM", "break-system", "conda", "pyenv", "deadsnakes",
                    "--prefix", "pip.conf",
                ]
                .contains(where: text.contains)
            else { return nil }
            for step in file.reading.steps(of: stage) where step.keyword == "RUN" && !step.isTrigger {
                let commands = step.program?.commands ?? []
                guard
                    let command = commands.first(where: { command in
                        PackageCommands.isPipInstall(command) && !command.isFollowedByOr
                            && !command.hasArgument("--target", "-t", "--user", "--download")
                            && !command.words[0].text.contains("/")
                    }), ["pip", "pip3"].contains(command.name)
                else { continue }
                return Violation(
                    line: step.line,
                    "the Python of \(root) refuses pip install; make a place of your own before: RUN python3 -m venv /venv, and write: "
                        + "ENV PATH=/venv/bin:$PATH")
            }
            return nil
        }
    }

    /// Whether the distribution's own Python says that it is managed.
    private static func isMarked(_ image: ImageName) -> Bool {
        guard image.registry.isEmpty, image.digest == nil else { return false }
        let tag = image.tag ?? "latest"
        switch image.repository {
        case "ubuntu":
            if tag == "latest" || tag == "rolling"
                || ["noble", "oracular", "plucky", "questing"].contains(where: tag.hasPrefix)
            {
                return true
            }
            return (image.majorVersion ?? 0) >= 24
        case "debian":
            if ["latest", "stable", "bookworm", "trixie"].contains(where: tag.hasPrefix) { return true }
            return (image.majorVersion ?? 0) >= 12
        case "alpine":
            if tag == "latest" || tag == "edge" || tag == "3" { return true }
            let parts = tag.split(separator: ".").compactMap { Int($0) }
            return parts.count > 1 && parts[0] == 3 && parts[1] >= 19
        case "node":
            guard let range = TextSearch.range(of: "alpine3.", in: tag[...]) else { return false }
            return (Int(tag[range.upperBound...].prefix { $0.isNumber }) ?? 0) >= 19
        default: return false
        }
    }
}
