// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// Takes a repository to a report: builds, runs, measures, cleans up.
package struct ProveRun: Sendable {
    package struct Options: Sendable {
        /// Codes to measure; all when empty.
        package var only: Set<String> = []
        /// Leaves the containers running, to look inside.
        package var keeps = false
        package var limits = ProofLimits()
        /// Whether properties are tried on random inputs, in place of the proofs.
        package var triesProperties = false
        /// Absolute path of a folder that gets what each image holds, as CycloneDX and SPDX.
        package var softwareFolder: String?
        package var deadline = Duration.seconds(30 * 60)

        package init() {}
    }

    private let application: AppSpec
    private let tree: SourceTree
    private let directory: String
    private let generated: [GeneratedFile]
    private let docker: Docker
    private let report: DeployEventHandler
    private let clock = SystemClock.steady

    /// - Parameter generated: Deployment files that are used where the repository has none.
    package init(
        application: AppSpec, tree: SourceTree, directory: String, generated: [GeneratedFile],
        docker: Docker = Docker(), report: @escaping DeployEventHandler
    ) {
        self.application = application
        self.tree = tree
        self.directory = directory
        self.generated = generated
        self.docker = docker
        self.report = report
    }

    /// - Throws: ``SlipwayError`` when nothing can be measured at all: no engine, no deployment files.
    package func run(_ options: Options) async throws -> ProofReport {
        let engine = try await docker.text(["version", "--format", "{{.Server.Version}}"])
        for project in try await TrialOwner.sweep(docker: docker) { report(.note("removed what \(project) had left")) }
        let owner = TrialOwner()
        let files = FileStore(root: directory)
        try StateFolder.make(in: files)
        let folder = "\(directory)/.slipway/trials/\(owner.project)"
        do {
            let result = try await measure(owner, folder: folder, engine: engine.trimmed, options)
            await cleanUp(owner, folder: folder, options)
            if options.only.isEmpty, !options.triesProperties {
                try ReleaseProofs.keep(result, of: tree, in: directory)
            }
            return result
        } catch {
            // The undo must run to its end also when this task is cancelled.
            await Task { await cleanUp(owner, folder: folder, options) }.value
            throw error
        }
    }

    private func cleanUp(_ owner: TrialOwner, folder: String, _ options: Options) async {
        guard !options.keeps else {
            report(.note("kept: docker ps --filter label=slipway.trial=\(owner.project)"))
            return
        }
        await TrialOwner.remove(owner.project, docker: docker)
        try? FileStore(root: directory).remove(".slipway/trials/\(owner.project)")
    }

    private func measure(
        _ owner: TrialOwner, folder: String, engine: String, _ options: Options
    ) async throws -> ProofReport {
        let begin = clock.now
        let startedAt = Timestamp.now()
        let catalog = options.triesProperties ? PropertyCatalog.all : ProofCatalog.all
        let rules = catalog.filter { options.only.isEmpty || options.only.contains($0.code) }
        guard !rules.isEmpty else {
            throw SlipwayError(
                .badConfiguration, "no proof has the code \(options.only.sorted().joined(separator: ", "))",
                hint: "slipway prove --list")
        }
        var preparation = TrialPreparation(
            application: application, tree: tree, directory: directory, generated: generated, docker: docker,
            owner: owner, folder: folder, limits: options.limits, report: report)
        preparation.buildsCold = rules.contains { $0.stage == .build }
        var record = TrialRecord(begin: begin)
        var trial = try await preparation.build(&record)
        if let folder = options.softwareFolder, !trial.images.isEmpty {
            _ = try await ImageSoftware(docker: docker).write(trial.images.map(\.built), to: folder)
        }
        var proofs: [Proof] = []
        for rule in rules where rule.stage <= .image { proofs += await prove(rule, trial, &record) }
        if rules.contains(where: { $0.stage >= .running }), trial.buildFailure == nil {
            trial = try await preparation.start(trial, &record)
        }
        for rule in rules where rule.stage > .image { proofs += await prove(rule, trial, &record) }
        let order = Dictionary(uniqueKeysWithValues: catalog.enumerated().map { ($1.code, $0) })
        return ProofReport(
            application: application.name, commit: try await Commit.short(of: directory), engine: "docker \(engine)",
            startedAt: startedAt, durationSeconds: (clock.now - begin).seconds,
            proofs: proofs.sorted { (order[$0.code] ?? 0, $0.service ?? "") < (order[$1.code] ?? 0, $1.service ?? "") },
            images: trial.images.map(\.summary), timeline: record.spans, parts: record.parts(of: trial))
    }

    private func prove(_ rule: ProofRule, _ trial: Trial, _ record: inout TrialRecord) async -> [Proof] {
        let begin = clock.now
        var measurements: [Measurement]
        if rule.stage != .build || rule.code != ProofRule.imageBuilds.code, trial.buildFailure != nil {
            measurements = [.skip("an image could not be built")]
        } else if rule.stage == .disruptive || rule.stage == .running, rule.code != ProofRule.startsHealthy.code,
            trial.start?.isComplete == false
        {
            measurements = [.skip("the application did not come up, see \(ProofRule.startsHealthy.code)")]
        } else {
            do {
                measurements = try await rule.measure(trial)
            } catch let error as SlipwayError {
                measurements = [
                    Measurement(.skip, value: "not measured: \(error.message)", evidence: error.details.suffix(6))
                ]
            } catch {
                measurements = [.skip("not measured: \(error)")]
            }
        }
        if measurements.isEmpty { measurements = [.skip("nothing to measure")] }
        let spent = (clock.now - begin).seconds
        record.add("prove \(rule.code)", from: begin, to: clock.now)
        for measurement in measurements {
            let outcome: DeployEvent.Outcome =
                measurement.verdict == .fail ? .failed : measurement.verdict == .skip ? .reused : .done
            let about = measurement.service.map { " \($0)" } ?? ""
            report(.finished(step: "\(rule.code)\(about) \(rule.claim): \(measurement.value)", outcome, after: .zero))
        }
        return measurements.map { measurement in
            Proof(
                code: rule.code, claim: rule.claim, service: measurement.service,
                value: trial.redact(measurement.value), limit: measurement.limit, verdict: measurement.verdict,
                evidence: measurement.evidence.map { trial.redact($0) },
                diagnosis: measurement.diagnosis.map { trial.redact($0) },
                seconds: spent / Double(measurements.count))
        }
    }
}

extension String {
    var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
