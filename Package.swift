// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let library: [SwiftSetting] = strict + [.enableUpcomingFeature("InternalImportsByDefault")]

let package = Package(
    name: "slipway",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "slipway", targets: ["SlipwayCLI"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "SlipwayCore", swiftSettings: library),
        .target(
            name: "SlipwayFiles",
            dependencies: [
                "SlipwayCore", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: library),
        .target(name: "SlipwayDetect", dependencies: ["SlipwayCore", "SlipwayFiles"], swiftSettings: library),
        .target(name: "CSlipwayHost", linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "SlipwayHost",
            dependencies: [
                "SlipwayCore", "CSlipwayHost",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: library),
        .target(
            name: "SlipwayEngine",
            dependencies: [
                "SlipwayCore", "SlipwayHost",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: library),
        .target(
            name: "SlipwayDeploy", dependencies: ["SlipwayCore", "SlipwayFiles", "SlipwayHost"],
            swiftSettings: library),
        .target(
            name: "SlipwayOperate", dependencies: ["SlipwayCore", "SlipwayFiles", "SlipwayHost"],
            swiftSettings: library),
        .target(
            name: "SlipwayKit",
            dependencies: [
                "SlipwayCore", "SlipwayDeploy", "SlipwayDetect", "SlipwayEngine", "SlipwayFiles", "SlipwayHost",
                "SlipwayOperate",
            ],
            swiftSettings: library),
        .executableTarget(
            name: "SlipwayCLI",
            dependencies: [
                "SlipwayCore", "SlipwayHost", "SlipwayKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(name: "SlipwayCoreTests", dependencies: ["SlipwayCore"], swiftSettings: strict),
        .testTarget(name: "SlipwayFilesTests", dependencies: ["SlipwayCore", "SlipwayFiles"], swiftSettings: strict),
        .testTarget(
            name: "SlipwayDetectTests", dependencies: ["SlipwayCore", "SlipwayDetect", "SlipwayFiles", "SlipwayHost"],
            swiftSettings: strict),
        .testTarget(
            name: "SlipwayHostTests",
            dependencies: [
                "SlipwayCore", "SlipwayHost",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ], swiftSettings: strict),
        .testTarget(
            name: "SlipwayEngineTests",
            dependencies: [
                "SlipwayCore", "SlipwayEngine", "SlipwayHost",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SlipwayDeployTests", dependencies: ["SlipwayCore", "SlipwayDeploy", "SlipwayHost"],
            swiftSettings: strict),
        .testTarget(
            name: "SlipwayOperateTests", dependencies: ["SlipwayCore", "SlipwayOperate", "SlipwayHost"],
            swiftSettings: strict),
        .testTarget(
            name: "SlipwayKitTests",
            dependencies: ["SlipwayCore", "SlipwayHost", "SlipwayKit"], swiftSettings: strict),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["SlipwayCore", "SlipwayHost"], swiftSettings: strict),
    ]
)
