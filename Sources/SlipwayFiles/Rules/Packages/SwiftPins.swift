// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// package 'swift-nio' is using Swift tools version 5.8.0 but the installed version is 5.6.3
    static let swiftTooOldForPins = Rule(
        "AP387", .error, "the image's Swift is too old for the packages that are pinned",
        why:
            "Package.resolved names the versions, and each wants a Swift of its own: the build ends before it compiles "
            + "anything.",
        catches: [
            [
                "Dockerfile": "FROM swift:5.6-focal\nWORKDIR /app\nCOPY . .\nRUN swift build\n",
                "Package.swift": "// swift-tools-version:5.6\n",
                "Package.resolved":
                    "{\"pins\":[{\"identity\":\"swift-nio\",\"state\":{\"version\":\"2.70.0\"}}],\"version\":2}",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM swift:5.10-jammy\nWORKDIR /app\nCOPY . .\nRUN swift build\n",
                "Package.swift": "// swift-tools-version:5.6\n",
                "Package.resolved":
                    "{\"pins\":[{\"identity\":\"swift-nio\",\"state\":{\"version\":\"2.70.0\"}}],\"version\":2}",
            ],
            [
                "Dockerfile": "FROM swift:5.6-focal\nWORKDIR /app\nCOPY . .\nRUN swift build\n",
                "Package.swift": "// swift-tools-version:5.6\n",
                "Package.resolved":
                    "{\"pins\":[{\"identity\":\"swift-nio\",\"state\":{\"version\":\"2.45.0\"}}],\"version\":2}",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "Package.resolved").isEmpty else { return [] }
        return repository.images.compactMap { unit in
            let folder = BuildContexts.of(unit).first {
                repository.tree.contains(GoPath.clean($0 + "/Package.resolved"))
            }
            guard let folder, let wanted = wanted(GoPath.clean(folder + "/Package.resolved"), repository.tree) else {
                return nil
            }
            let scope = unit.dockerfile.reading.file.globalScope()
            for stage in unit.dockerfile.stages {
                let image = ImageName(scope.expand(stage.base).text)
                guard image.name == "swift", let tag = image.tag, let found = PackageVersion(tag), found < wanted.swift
                else {
                    continue
                }
                return Violation(
                    file: unit.dockerfile.location, line: stage.from.line,
                    "\(wanted.package) wants Swift \(wanted.swift), and the image has \(found); write: FROM swift:"
                        + "\(wanted.swift)")
            }
            return nil
        }
    }

    /// The first versions that want a Swift, by the tables in the packages' READMEs
    /// (https://github.com/apple/swift-nio#swift-versions, https://github.com/apple/swift-nio-http2#versions).
    private static let tables: [(package: String, steps: [(from: PackageVersion, swift: PackageVersion)])] = [
        (
            "swift-nio",
            [
                (PackageVersion(2, 51), PackageVersion(5, 6)), (PackageVersion(2, 60), PackageVersion(5, 7)),
                (PackageVersion(2, 65), PackageVersion(5, 8)), (PackageVersion(2, 76), PackageVersion(5, 9)),
            ]
        ),
        (
            "swift-nio-http2",
            [
                (PackageVersion(1, 27), PackageVersion(5, 6)), (PackageVersion(1, 29), PackageVersion(5, 7)),
                (PackageVersion(1, 31), PackageVersion(5, 8)), (PackageVersion(1, 37), PackageVersion(5, 9)),
                (PackageVersion(1, 39), PackageVersion(6, 0)), (PackageVersion(1, 43), PackageVersion(6, 1)),
            ]
        ),
    ]

    /// The newest Swift that a pinned package asks for.
    private static func wanted(_ path: String, _ tree: SourceTree) -> (package: String, swift: PackageVersion)? {
        guard let root = tree.text(path).flatMap({ JSONDocument(parsing: $0).root }) else { return nil }
        let pins = (root["pins"] ?? root.at("object", "pins"))?.sequence ?? []
        let asked = pins.compactMap { pin -> (package: String, swift: PackageVersion)? in
            guard let name = pin["identity"]?.text ?? pin["package"]?.text,
                let version = pin.at("state", "version")?.text.flatMap({ PackageVersion($0) }),
                let table = tables.first(where: { $0.package == name }),
                let step = table.steps.last(where: { !(version < $0.from) })
            else { return nil }
            return ("\(name) \(version)", step.swift)
        }
        return asked.max { $0.swift < $1.swift }
    }
}
