// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A name that nothing gives a value is empty, and paths and values with it are cut short without a word.
    static let argumentOutOfSight = Rule(
        "DF205", .warning, "a variable that has no value here", alias: ["UndefinedVar"],
        why:
            "A name that nothing gives a value is empty, and paths and values with it are cut short without a word. An ARG before FROM ends there.",
        catches: [
            "ARG VERSION=1\nFROM debian:12\nCOPY app-$VERSION /app", "FROM alpine:3.20\nCOPY $SOURCE /app",
            "FROM node:22\nCOPY $SOURCE /app\nARG SOURCE=x", "FROM node:22\nENV PATH=/app/bin:$PAHT",
            "FROM node:22\nARG FOLDER=x\nCOPY $FOLDERS /app",
        ],
        passes: [
            "ARG VERSION=1\nFROM debian:12\nARG VERSION\nCOPY app-$VERSION /app",
            "FROM node:22\nENV CURRENT=$NODE_VERSION", "FROM alpine:3.20\nENV PYTHONPATH=/app:$PYTHONPATH",
            "FROM alpine:3.20\nCOPY ${SOURCE:-src} /app", "FROM alpine:3.20\nENV PATH=/app/bin:$PATH",
            "FROM debian:12 AS a\nENV ONE=1\nFROM a\nENV TWO=$ONE",
        ]
    ) { file in
        ArgumentScopes.violations(file)
    }
}
