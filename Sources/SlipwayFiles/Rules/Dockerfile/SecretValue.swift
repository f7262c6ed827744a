// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The value stays in the image and in its history, where everyone who can pull it reads it.
    static let secretValue = Rule(
        "DF015", .error, "a secret in ARG or ENV",
        why: "The value stays in the image and in its history, where everyone who can pull it reads it.",
        catches: ["FROM python:3.12-slim\nENV STRIPE_SECRET_KEY=sk_live_4eC39HqLyjWDarjtT1zdp7dc"],
        passes: [
            "FROM python:3.12-slim\nENV STRIPE_SECRET_KEY=\"\"",
            "FROM python:3.12-slim\nENV SECRET_KEY=dummy-for-the-build", "FROM python:3.12-slim\nARG API_KEY",
        ]
    ) { file in
        file.reading.steps.compactMap { step in
            guard step.keyword == "ENV" || step.keyword == "ARG",
                let found = step.instruction.pairs.first(where: { SecretValues.isReal($0.value ?? "", of: $0.name) })
            else { return nil }
            return Violation(
                line: step.line,
                "the value of \(found.name) is in the image for everyone to read; revoke it, and pass a new one at run time"
            )
        }
    }
}
