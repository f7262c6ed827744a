// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The full variants carry compilers and headers of a hundred libraries; the slim ones have what running needs.
    static let fullImage = Rule(
        "DF023", .info, "the final image is a full variant",
        why:
            "The full variants carry compilers and headers of a hundred libraries; the slim ones have what running needs.",
        catches: ["FROM python:3.12\nCMD [\"python\", \"app.py\"]"],
        passes: [
            "FROM python:3.12-slim\nCMD [\"python\", \"app.py\"]", "FROM python:latest\nCMD [\"python\", \"app.py\"]",
        ]
    ) { file in
        StageUse.fullVariant(file)
    }
}
