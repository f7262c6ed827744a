// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayFiles

struct ImageReleaseTests {
    @Test(
        arguments: [
            ("debian:12-slim", [.bookworm]), ("python:3.12-slim-bookworm", [.bookworm]),
            ("python:3.13-slim", [.trixie]),
            ("python:3.11.4", [.bookworm]), ("python:3.11.3", []), ("python:3.12.11", [.bookworm, .trixie]),
            ("python:3.8", [.bookworm]), ("node:20", [.bookworm]), ("node:20-alpine", []), ("ubuntu:24.04", [.noble]),
            ("ruby:3.3.0-slim", [.bookworm, .trixie]), ("docker.io/library/debian:trixie", [.trixie]), ("node:", []),
            ("node", [.bookworm, .trixie]), ("ghcr.io/a/debian:12", []), ("bitnami/python:3.12", []),
            ("python:3.12-slim-buster", []), ("debian:latest", [.trixie]), ("php:8.3-fpm", [.trixie]),
        ] as [(String, [AptArchive.Release])])
    func `an image's release is known where its tag or its history says it`(
        image: String, releases: [AptArchive.Release]
    ) {
        #expect(ImageRelease.possible(ImageName(image)) == releases)
    }

    @Test func `a package that replaces another is in the release`() {
        for release in AptArchive.Release.allCases {
            for name in ["netcat", "libgl1-mesa-glx", "mysql-client", "python-pip", "libasound2", "chromium-browser"] {
                guard let other = AptArchive.successor(of: name, in: release) else { continue }
                #expect(!AptArchive.lacks(other, in: release), "\(other) for \(name) in \(release)")
            }
        }
    }
}
