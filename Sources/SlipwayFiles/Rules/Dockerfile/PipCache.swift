// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// What pip downloads stays in the layer.
    static let pipCache = Rule(
        "DF342", .info, "pip keeps its cache", alias: ["DL3042"],
        why: "What pip downloads stays in the layer.",
        catches: ["FROM debian:12\nRUN pip install -r requirements.txt"],
        passes: [
            "FROM debian:12\nRUN pip install --no-cache-dir -r requirements.txt",
            "FROM debian:12\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt",
            "FROM debian:12\nRUN export PIP_NO_CACHE_DIR=1 && pip install -r requirements.txt",
            "FROM debian:12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install -r requirements.txt",
        ]
    ) { file in
        PipCacheLayers.violations(file)
    }
}
