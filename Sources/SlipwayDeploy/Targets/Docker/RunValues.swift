// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Values for what a Compose file insists on, when it is run for a person: given, or generated once and kept.
struct RunValues: Sendable {
    let directory: String
    let state: FileStore

    /// - Throws: ``SlipwayError`` `missing-variables` with every name that somebody has to give.
    func resolve(
        _ application: AppSpec, compose: [String], _ options: DockerTarget.Options
    ) throws -> [String: String] {
        let references = compose.flatMap { ComposeFile(parsing: $0).references.map(\.reference) }
        let names = Set(references.map(\.name)).union(application.variables.map(\.name))
        let file = (try? FileStore(root: directory).text(".env")).map { Dotenv(parsing: $0).expanded() } ?? [:]
        let secrets = SecretFile(state, path: "secrets.env")
        let stored = try secrets.load()
        let owned = OwnedSecret(application: application)
        var values = file.merging(options.configuration) { $1 }.merging(ProcessVariables.values(of: names)) { $1 }
            .merging(options.variables) { $1 }
        var generated: [String: Secret] = [:]
        var missing: [String] = []
        for reference in references where (values[reference.name] ?? "").isEmpty && !reference.hasDefault {
            let variable = application.variables.first { $0.name == reference.name }
            guard reference.isRequired || variable?.required == true else { continue }
            if let kept = stored[reference.name] {
                values[reference.name] = kept.reveal()
            } else if let form = variable.flatMap({ owned.form(of: $0) }) {
                let secret = Secret(form == .base64 ? RandomToken.base64() : RandomToken.hex())
                (generated[reference.name], values[reference.name]) = (secret, secret.reveal())
            } else if variable?.isHostList == true {
                values[reference.name] = Variable.ownHosts.joined(separator: ",")
            } else if reference.name.hasSuffix("PASSWORD"), variable.map({ isOfOwn($0, application) }) ?? true {
                // Of a database that this project starts itself.
                let secret = Secret(RandomToken.hex(bytes: 24))
                (generated[reference.name], values[reference.name]) = (secret, secret.reveal())
            } else if !missing.contains(reference.name) {
                missing.append(reference.name)
            }
        }
        guard missing.isEmpty else {
            throw SlipwayError(
                .missingVariables,
                "\(missing.count) required variables have no value: \(missing.sorted().joined(separator: ", "))",
                hint: MissingValues.command(missing.sorted()))
        }
        try secrets.add(generated)
        return values
    }

    /// Whether the code asks by this name for the password of a database that the project starts itself.
    private func isOfOwn(_ variable: Variable, _ application: AppSpec) -> Bool {
        application.resources.contains { variable.part(of: $0.kind) == .password }
    }
}
