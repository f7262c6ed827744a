// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR034. Data beside the volume is lost at the next deploy.
    static let dataSurvives = ProofRule("PR034", .disruptive, "data survives when its container is made anew") {
        trial in
        var measurements: [Measurement] = []
        for unit in trial.project.services {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            if unit.resource == "postgres" {
                measurements.append(try await database(unit, facts, trial))
            } else if unit.build != nil {
                measurements += try await keptFolders(unit, facts, trial)
            }
        }
        return measurements.isEmpty ? [.skip("nothing keeps data")] : measurements
    }

    private static func recreate(_ unit: ComposeUnit, _ trial: Trial) async throws -> ContainerFacts? {
        _ = try await trial.stack.compose(
            ["up", "--detach", "--no-build", "--no-deps", "--force-recreate", unit.name], deadline: .seconds(120))
        return try await trial.stack.wait(for: unit.name, within: .seconds(60)) {
            $0.isRunning && ($0.health ?? "healthy") == "healthy"
        }?.facts
    }

    private static func database(_ unit: ComposeUnit, _ facts: ContainerFacts, _ trial: Trial) async throws
        -> Measurement
    {
        let psql = "psql -U \"${POSTGRES_USER:-postgres}\" -d \"${POSTGRES_DB:-${POSTGRES_USER:-postgres}}\" -Atc"
        let mark = RandomToken.hex(bytes: 6)
        let made = try await trial.stack.shell(
            "\(psql) \"create table slipway_trial(mark text); insert into slipway_trial values ('\(mark)')\"",
            in: facts.identifier)
        guard made.succeeded else {
            return .skip("psql could not write: \(made.errors.last ?? "")", service: unit.name)
        }
        let again = try await recreate(unit, trial)
        let read = try await trial.stack.shell(
            "\(psql) 'select mark from slipway_trial'; \(psql) 'drop table if exists slipway_trial'",
            in: again?.identifier ?? "")
        return .verdict(
            read.output.contains(mark), service: unit.name,
            value: read.output.contains(mark) ? "the row is there" : "the row is gone",
            limit: "there",
            evidence: [
                "volumes: \(facts.mounts.map { "\($0.name.prefix(40)) at \($0.target)" }.joined(separator: ", "))"
            ],
            diagnosis: "mount a named volume at the database's data folder (/var/lib/postgresql/data)")
    }

    private static func keptFolders(
        _ unit: ComposeUnit, _ facts: ContainerFacts, _ trial: Trial
    ) async throws -> [Measurement] {
        let name = "slipway-trial-\(RandomToken.hex(bytes: 4))"
        let folders = trial.spec(of: unit)?.writableDirectories ?? []
        var (written, measurements) = ([(folder: String, path: String)](), [Measurement]())
        for folder in folders {
            let path = "\(trial.path(folder, in: facts))/\(name)"
            let made = try await trial.stack.shell(": > \(ShellWord.quote(path))", in: facts.identifier)
            if made.succeeded {
                written.append((folder, path))
            } else {
                measurements.append(
                    Measurement(
                        .fail, service: unit.name, value: "\(folder): cannot be written", limit: "there afterwards",
                        evidence: made.errors.suffix(2), diagnosis: "give the folder to the user of the image"))
            }
        }
        guard !written.isEmpty else { return measurements }
        let again = try await recreate(unit, trial)
        for (folder, path) in written {
            let quoted = ShellWord.quote(path)
            let kept = try await trial.stack.shell("test -e \(quoted)", in: again?.identifier ?? "").succeeded
            if kept, let again { _ = try await trial.stack.shell("rm -f \(quoted)", in: again.identifier) }
            measurements.append(
                .verdict(
                    kept, service: unit.name, value: "\(folder): \(kept ? "the file is there" : "the file is gone")",
                    limit: "there afterwards",
                    evidence: [
                        "volumes: "
                            + facts.mounts.map { "\($0.name.prefix(40)) at \($0.target)" }.joined(separator: ", ")
                    ],
                    diagnosis: "mount a named volume at \(trial.path(folder, in: facts))"))
        }
        return measurements
    }
}
