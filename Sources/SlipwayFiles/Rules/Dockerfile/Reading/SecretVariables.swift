// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names of variables that hold secrets.
enum SecretVariables {
    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        file.reading.steps.compactMap { step in
            guard step.keyword == "ENV" || step.keyword == "ARG",
                let found = step.instruction.pairs.first(where: {
                    // What a bundler writes into pages is read by everybody anyway.
                    isSecret($0.name) && !BrowserVariables.contains($0.name)
                })
            else { return nil }
            let lower = found.name.lowercased()
            let isMild = mild.contains { lower.contains($0) } || known.contains(found.name) && !holdsSecretWord(lower)
            return Violation(
                line: step.line,
                "\(found.name) stays readable in the image; pass it at run time, or for the build only: "
                    + "RUN --mount=type=secret,id=\(lower)",
                severity: isMild ? .info : nil)
        }
    }

    private static let words = [
        "password", "passwd", "secret", "token", "api_key", "apikey", "private", "credential", "client_key", "username",
    ]
    /// Names of accounts and of files are no secrets themselves.
    private static let mild = ["username", "_file", "_path", "tokenizer", "token_url", "expire"]
    /// Names that well-known services give to credentials.
    private static let known: Set<String> = [
        "APPLICATION_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "BITTREX_API_KEY", "CI_DEPLOY_USER",
        "DOCKER_EMAIL", "FACEBOOK_APP_ID", "HEROKU_API_USER", "OKTA_AUTHN_GROUPID", "OKTA_CLIENT_ORGURL",
        "OKTA_OAUTH2_CLIENTID", "STRIPE_DEVICE_NAME", "TRAVIS_OS_NAME", "TRAVIS_SUDO",
    ]

    private static func holdsSecretWord(_ lower: String) -> Bool { lower.contains("secret") || lower.contains("key") }

    static func isSecret(_ name: String) -> Bool {
        let lower = name.lowercased()
        return known.contains(name) || words.contains { lower.contains($0) }
    }
}
