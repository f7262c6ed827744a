// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Each family of images has its own.
    static let foreignPackageManager = Rule(
        "DF053", .error, "the base image has another package manager",
        why:
            "The build ends with: not found. Alpine has apk, Debian and Ubuntu have apt-get, Fedora and Red Hat have dnf.",
        catches: [
            "FROM node:22-alpine\nRUN apt-get update && apt-get install -y curl",
            "FROM python:3.13-slim\nRUN apk add --no-cache curl",
            "FROM debian:12 AS base\nFROM base\nRUN dnf install -y curl",
        ],
        passes: [
            "FROM node:22-alpine\nRUN apk add --no-cache curl",
            "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y curl",
            "FROM someone/image:1\nRUN apk add curl",
            "ARG BASE\nFROM ${BASE}\nRUN apk add curl",
            "FROM node:22-alpine\nRUN if command -v apt-get; then apt-get update; fi",
            "FROM node:22-alpine\nRUN apt-get update || apk update",
        ]
    ) { file in
        file.reading.steps.compactMap { step -> Violation? in
            guard step.keyword == "RUN", !step.isTrigger, !step.hasForeignShell, let index = step.stage,
                file.stages.indices.contains(index),
                let family = PackageFamily.of(file.rootImage(of: file.stages[index])), let program = step.program
            else { return nil }
            let isAsked = program.commands.contains { ["command", "which", "type", "test", "["].contains($0.name) }
            let wrong = program.commands.first { command in
                guard let other = PackageFamily.using(command.name) else { return false }
                return other != family && !command.isCondition && !command.isFollowedByOr && command.joint != .or
            }
            guard let wrong, !isAsked else { return nil }
            return Violation(
                line: step.line, "the image has no \(wrong.name); write: \(family.advice)")
        }
    }
}

/// Images by the package manager that they have.
enum PackageFamily {
    case alpine, debian, redHat

    var advice: String {
        switch self {
        case .alpine: "apk add --no-cache NAME"
        case .debian: "apt-get update && apt-get install -y --no-install-recommends NAME"
        case .redHat: "dnf install -y NAME"
        }
    }

    /// Official images of Docker Hub that are made from Debian or Ubuntu when the tag says nothing else.
    private static let debians: Set<String> = [
        "debian", "ubuntu", "python", "node", "ruby", "golang", "rust", "php", "nginx", "postgres", "redis", "httpd",
        "buildpack-deps", "perl", "elixir", "swift", "mongo",
    ]
    private static let redHats: Set<String> = [
        "fedora", "rockylinux", "almalinux", "centos", "amazonlinux", "oraclelinux",
    ]

    /// - Returns: `nil` when the name does not say it.
    static func of(_ image: String) -> PackageFamily? {
        guard !image.isEmpty, !image.contains("$") else { return nil }
        let name = ImageName(image)
        guard name.registry.isEmpty, name.repository == name.name else { return nil }
        let tag = name.tag ?? ""
        if name.name == "alpine" || tag.contains("alpine") { return .alpine }
        let others = ["windows", "nanoserver", "ubi", "oracle", "rhel", "centos", "fedora", "amazonlinux"]
        if others.contains(where: tag.contains) { return nil }
        if debians.contains(name.name) { return .debian }
        return redHats.contains(name.name) ? .redHat : nil
    }

    static func using(_ program: String) -> PackageFamily? {
        switch program {
        case "apk": .alpine
        case "apt-get", "apt": .debian
        case "dnf", "yum", "microdnf": .redHat
        default: nil
        }
    }
}
