// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Its distribution or language has reached its end of life: holes found now stay open, and its package archive may be gone.
    static let oldBase = Rule(
        "DF034", .warning, "a base image that gets no more fixes",
        why:
            "Its distribution or language has reached its end of life: holes found now stay open, and its package archive may be gone.",
        catches: ["FROM node:14-alpine", "FROM python:3.7", "FROM debian:buster"],
        passes: ["FROM node:22-alpine", "FROM python:3.12-slim", "FROM debian:bookworm"]
    ) { file in
        OldImages.violations(file)
    }
}
