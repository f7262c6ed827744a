// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Symfony reads from the `.env` that belongs into version control, for an image that holds no such file: on a
/// developer's machine it is where values of one's own are kept all the same (symfony.com/doc/current/configuration.html).
struct SymfonyDefaults {
    let input: ImageInput

    func set(in stage: inout DockerStage) {
        stage.comment(
            "Without APP_ENV Symfony looks for packages that only developers have; the rest is what .env says.")
        stage.environment([("APP_DEBUG", "0"), ("APP_ENV", "prod")] + values)
        stage.comment("It stops where it finds none of its files, so there is one that says nothing.")
        stage.run(["touch .env.dist"])
    }

    /// Values that are no secret and no address of a server, which are given when the image runs.
    private var values: [(String, String)] {
        guard let text = input.text(".env") else { return [] }
        let read = Dictionary(
            input.layout.runVariables(of: input.service).map { ($0.variable.name, $0) }
        ) { first, _ in first }
        var seen: Set<String> = ["APP_ENV", "APP_DEBUG", "APP_SECRET"]
        return Dotenv(parsing: text).assignments.compactMap { assignment in
            guard let value = assignment.value, !value.isEmpty, !value.contains("$"), !value.contains("@"),
                !SecretText.isSecret(name: assignment.name), seen.insert(assignment.name).inserted
            else { return nil }
            switch read[assignment.name] {
            case nil, (_, .optional)?: return (assignment.name, value)
            case (let variable, .given)? where !variable.required: return (assignment.name, value)
            default: return nil
            }
        }
    }
}
