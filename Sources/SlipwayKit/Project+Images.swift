// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import SlipwayDeploy
public import SlipwayHost

extension Project {
    /// Builds every image of the application, side by side.
    /// - Parameters:
    ///   - fresh: Whether layers of earlier builds may not be used.
    ///   - deadline: Of the whole build; `nil` for 30 minutes.
    /// - Throws: ``SlipwayError`` `build-failed` with the last lines, `no-deployment-files`, `docker-unreachable`.
    public func buildImages(fresh: Bool, deadline: Duration?, notes: Terminal) async throws -> BuiltImages {
        let detected = try detect()
        let progress = ProgressPrinter(terminal: notes)
        let build = ApplicationImages(
            application: detected.spec, tree: detected.tree, directory: directory,
            generated: generatedFiles(detected), given: detected.givenVariables, report: { progress.report($0) })
        return BuiltImages(images: try await build.run(fresh: fresh, deadline: deadline))
    }

    /// Builds, runs and measures; nothing of it is left in the engine afterwards.
    /// - Parameters:
    ///   - only: Codes of proofs; all when empty.
    ///   - keep: Leaves the containers running.
    public func prove(only: [String], keep: Bool, notes: Terminal) async throws -> ProofReport {
        let detected = try detect()
        let application = try detected.requireServices()
        let progress = ProgressPrinter(terminal: notes)
        var options = ProveRun.Options()
        options.only = Set(only.map { $0.uppercased() })
        options.keeps = keep
        let run = ProveRun(
            application: application, tree: detected.tree, directory: directory, generated: generatedFiles(detected),
            report: { progress.report($0) })
        return try await run.run(options)
    }

    /// Writes `report.json`, `junit.xml` and `report.html`.
    /// - Parameter path: A folder, relative to the working directory or absolute; made when it is not there.
    public func write(_ report: ProofReport, to path: String) throws {
        let files = FileStore(root: FileStore.absolute(path))
        try files.makeDirectory()
        try files.write(try JSONText.pretty(report) + "\n", to: "report.json")
        try files.write(JUnitReport(report).text, to: "junit.xml")
        try files.write(ProofPage(report).text, to: "report.html")
    }

    private func generatedFiles(_ detected: Detected) -> [GeneratedFile] {
        DeploymentFiles.forContainers(detected.spec, detected.tree)
    }
}

/// What `slipway build` made.
public struct BuiltImages: Sendable {
    let images: [BuiltImage]

    /// One line an image.
    public var table: String {
        images.map { image in
            let reused = image.reusedCount > 0 ? ", \(image.reusedCount) of \(image.stepCount) steps reused" : ""
            return "\(image.tags.joined(separator: "  "))  \(tenths(image.seconds)) s\(reused)"
        }.joined(separator: "\n")
    }

    /// `{"images": [{"service", "tags", "identifier", "seconds", ...}]}`.
    public func json() throws -> String { try JSONText.pretty(["images": images]) }

    private func tenths(_ seconds: Double) -> String {
        let count = Int((seconds * 10).rounded())
        return "\(count / 10).\(count % 10)"
    }
}
