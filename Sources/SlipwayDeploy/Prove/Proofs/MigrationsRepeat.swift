// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR030. A migration that fails the second time fails at the next deploy.
    static let migrationsRepeat = ProofRule(
        "PR030", .running, "migrations have run, and running them again changes nothing"
    ) { trial in
        var measurements: [Measurement] = []
        for service in trial.application.services {
            guard let release = service.release else { continue }
            let match = ServiceMatch(trial.application, trial.staged.root)
            let task = trial.project.tasks.first { match.service(for: $0)?.directory == service.directory }
            let unit = task ?? trial.processes.first { match.service(for: $0)?.name == service.name }
            guard let unit else { continue }
            let database = trial.project.services.first { $0.resource == "postgres" }
            let before = try await Schema.read(database, trial)
            let words = task == nil ? ["--entrypoint", "sh", unit.name, "-c", release] : [unit.name]
            let answer = try await trial.stack.compose(
                ["run", "--rm", "--no-deps", "--quiet-pull"] + words, deadline: .seconds(120))
            let after = try await Schema.read(database, trial)
            let hasRun = before.map { $0.tables > 0 } ?? true
            measurements.append(
                .verdict(
                    answer.succeeded && hasRun && before == after, service: unit.name,
                    value:
                        "\(before.map { "\($0.tables) tables before" } ?? "no database to look into"), again: \(answer.end)",
                    limit: "tables there, exit code 0, same schema",
                    evidence: [release] + answer.lines.suffix(6).map { trial.redact($0) },
                    diagnosis: !hasRun
                        ? "nothing runs \(release) before the application starts"
                        : "write migrations that look before they change"))
        }
        return measurements.isEmpty ? [.skip("no migrations")] : measurements
    }
}

/// A database's tables and columns, to be compared.
struct Schema: Equatable, Sendable {
    let tables: Int
    private let columns: String

    static func read(_ database: ComposeUnit?, _ trial: Trial) async throws -> Schema? {
        guard let database, let facts = try await trial.stack.container(database.name) else { return nil }
        let query =
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            + "where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, ordinal_position"
        let answer = try await trial.stack.shell(
            "psql -U \"${POSTGRES_USER:-postgres}\" -d \"${POSTGRES_DB:-${POSTGRES_USER:-postgres}}\" -Atc \"\(query)\"",
            in: facts.identifier)
        guard answer.succeeded else { return nil }
        let tables = Set(
            answer.output.split(whereSeparator: \.isNewline).compactMap { $0.split(separator: "|").dropFirst().first })
        return Schema(tables: tables.count, columns: answer.output)
    }
}
