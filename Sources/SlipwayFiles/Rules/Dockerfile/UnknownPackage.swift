// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// E: Unable to locate package.
    static let unknownPackage = Rule(
        "DF071", .error, "apt-get is to install what the base's release does not have",
        why:
            "The build stops with \"Unable to locate package\" or \"has no installation candidate\": names of packages "
            + "come and go with the releases of Debian and Ubuntu, and other distributions have others.",
        catches: [
            "FROM debian:12\nRUN apt-get update && apt-get install -y netcat",
            "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y libgl1-mesa-glx",
            "FROM python:3.12-slim-bookworm\nRUN apt-get update && apt-get install -y build-base",
            "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3-distutils",
            "FROM node:20-bookworm AS a\nFROM a\nRUN apt-get update && apt-get install -y chromium-browser",
        ],
        passes: [
            "FROM debian:12\nRUN apt-get update && apt-get install -y netcat-openbsd",
            "FROM python:3.13-slim-bookworm\nRUN apt-get update && apt-get install -y libgl1-mesa-glx",
            "FROM node:22\nRUN apt-get update && apt-get install -y wkhtmltopdf",
            "FROM debian:12\nRUN echo deb https://a.example stable main > /etc/apt/sources.list.d/a.list && apt-get update && apt-get install -y docker-ce",
            "FROM debian:12\nRUN apt-get update && (apt-get install -y libgl1-mesa-glx || apt-get install -y libgl1)",
            "FROM a.example/base:1\nRUN apt-get update && apt-get install -y netcat",
        ]
    ) { file in
        file.stages.flatMap { stage -> [Violation] in
            let releases = ImageRelease.possible(ImageName(file.rootImage(of: stage)))
            guard let release = releases.first else { return [] }
            let lineage = file.lineage(of: stage)
            guard !lineage.contains(where: { addsArchive($0.text) }) else { return [] }
            return file.reading.steps.filter { $0.stage == stage.index && $0.keyword == "RUN" }.compactMap { step in
                let names = (step.program?.commands ?? []).filter { !$0.isFollowedByOr && !$0.isCondition }.flatMap(
                    PackageCommands.installedByApt)
                let lacking = names.filter { name in releases.allSatisfy { AptArchive.lacks(name, in: $0) } }
                guard !lacking.isEmpty else { return nil }
                let successors = lacking.compactMap { AptArchive.successor(of: $0, in: release) }
                let advice =
                    successors.count == lacking.count
                    ? "write: \(successors.joined(separator: " "))"
                    : "write the names that they have there, or take a base that has them"
                return Violation(
                    line: step.line, "\(release.rawValue) has no \(lacking.joined(separator: ", ")); \(advice)")
            }
        }
    }

    /// Whether the step gives apt another archive, which may have more.
    private static func addsArchive(_ text: String) -> Bool {
        [
            "sources.list", "add-apt-repository", "nodesource", "/etc/apt", ".deb", "apt-key", "setup_", "install.sh",
            "extrepo", "dpkg -i", "ppa:", "preferences.d", "apt-add-repository", "| bash", "| sh",
        ].contains(where: text.contains)
    }
}
