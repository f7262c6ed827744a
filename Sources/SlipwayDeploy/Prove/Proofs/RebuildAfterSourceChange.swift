// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR002. Dependencies copied together with the source are installed anew for each change of a line.
    static let rebuildAfterSourceChange = ProofRule(
        "PR002", .build, "a change of one source line reuses the dependencies' layers"
    ) { trial in
        var measurements: [Measurement] = []
        for image in trial.images {
            let service = image.build.service
            guard let path = SourceChange.file(for: image, trial) else {
                measurements.append(.skip("no source file of a known language in its context", service: service))
                continue
            }
            try SourceChange.apply(to: path, trial)
            let rebuilt = try await trial.builder.run(image.build)
            let factor = image.built.seconds / max(rebuilt.seconds, 0.01)
            let dependencies = image.instructions.contains { SourceChange.installs($0) }
            // Where nothing is installed there is nothing to save; under two seconds nobody waits.
            let isQuick = rebuilt.seconds < 2 || factor >= trial.limits.rebuildFactor || !dependencies
            let reinstalled = try SourceChange.installsAgain(in: rebuilt.log)
            measurements.append(
                .verdict(
                    isQuick && reinstalled == nil, service: service,
                    value: "\(Figure.seconds(rebuilt.seconds)), first build \(Figure.seconds(image.built.seconds))",
                    limit: "dependencies reused, or \(Int(trial.limits.rebuildFactor)) times faster",
                    evidence: ["changed \(path)", "\(rebuilt.reusedCount) of \(rebuilt.stepCount) steps reused"]
                        + (reinstalled.map { ["ran again: \($0)"] } ?? []),
                    diagnosis: "copy the lock file and install before copying the source (COPY requirements.txt, "
                        + "RUN pip install, then COPY .)"))
        }
        return measurements
    }
}

/// A harmless change of one source file.
enum SourceChange {
    private static let comments = [
        ".py": "#", ".js": "//", ".mjs": "//", ".ts": "//", ".tsx": "//", ".jsx": "//", ".go": "//", ".swift": "//",
        ".rs": "//", ".java": "//", ".rb": "#", ".php": "//", ".css": "/**/",
    ]

    /// Relative to the staged project; one that is likely copied, so no test.
    static func file(for image: TrialImage, _ trial: Trial) -> String? {
        let context = image.build.context.dropFirst(trial.staged.root.count).drop { $0 == "/" }
        let prefix = context.isEmpty ? "" : "\(context)/"
        return file(among: trial.sourceFiles, below: prefix)
    }

    /// These name dependencies, which a change of them installs anew.
    private static let manifests: Set<String> = ["Package.swift", "setup.py", "build.rs"]

    static func file(among paths: [String], below prefix: String) -> String? {
        let files = paths.filter { path in
            path.hasPrefix(prefix) && comments.keys.contains { path.hasSuffix($0) }
                && !manifests.contains(path.split(separator: "/").last.map(String.init) ?? "")
                && !path.lowercased().contains("test") && !path.contains(".config.") && !path.contains("/.")
        }
        return files.min { ($0.split(separator: "/").count, $0) < ($1.split(separator: "/").count, $1) }
    }

    static func apply(to path: String, _ trial: Trial) throws {
        let ending = comments.keys.first { path.hasSuffix($0) } ?? ""
        let text = try trial.staged.files.text(path)
        let mark = comments[ending] ?? "#"
        let line = mark == "/**/" ? "/* \(RandomToken.hex(bytes: 4)) */" : "\(mark) \(RandomToken.hex(bytes: 4))"
        try trial.staged.files.write("\(text)\n\(line)\n", to: path)
    }

    private static let installers = [
        "pip install", "npm ci", "npm install", "pnpm install", "yarn install", "uv sync", "poetry install",
        "go mod download", "cargo fetch", "bundle install", "composer install", "swift package resolve",
    ]

    static func installs(_ instruction: String) -> Bool { installers.contains { instruction.contains($0) } }

    /// The step of a log that installed dependencies although only source had changed.
    static func installsAgain(in log: String) throws -> String? {
        guard let slash = log.lastIndex(of: "/") else { return nil }
        let text = try FileStore(root: String(log[..<slash])).text(String(log[log.index(after: slash)...]))
        var output = BuildOutput()
        for line in text.split(whereSeparator: \.isNewline) {
            // Half a second is a step that found everything installed; Podman tells no times in its output.
            if case .done(let name, let seconds) = output.read(String(line), after: 0), installs(name), seconds > 0.5 {
                return name
            }
        }
        return nil
    }
}
