// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension ProofRule {
    /// PR013. Uploads that cannot be written fail at the first user; code that can be written can be replaced.
    static let writableFolders = ProofRule(
        "PR013", .running, "declared folders are writable and the code is not"
    ) { trial in
        var measurements: [Measurement] = []
        for unit in trial.processes {
            guard let facts = try await trial.stack.container(unit.name), facts.isRunning else { continue }
            let wanted = (trial.spec(of: unit)?.writableDirectories ?? []).map { trial.path($0, in: facts) }
            let mounted = facts.mounts.map(\.target) + facts.temporaryFolders
            let code = facts.workingDirectory == "/" ? "/usr/share/nginx/html" : facts.workingDirectory
            let tests = wanted.map {
                "f='\($0)/.slipway-trial'; (: > \"$f\") 2>/dev/null && rm -f \"$f\" || echo 'REFUSED \($0)'"
            }
            let search =
                "find '\(code)' -xdev \\( -type f -o -type d \\) 2>/dev/null | head -n 4000 | while read -r p; do "
                + "[ -w \"$p\" ] && echo \"OPEN $p\"; done | head -n 400"
            let answer = try await trial.stack.shell(
                (tests + [search, "true"]).joined(separator: "; "), in: facts.identifier)
            guard answer.succeeded else {
                measurements.append(.skip("no shell in the image", service: unit.name))
                continue
            }
            let lines = answer.output.split(whereSeparator: \.isNewline).map(String.init)
            let refused = lines.filter { $0.hasPrefix("REFUSED ") }.map { String($0.dropFirst(8)) }
            let open = lines.filter { $0.hasPrefix("OPEN ") }.map { String($0.dropFirst(5)) }.filter { path in
                !(wanted + mounted).contains { path == $0 || path.hasPrefix($0 + "/") }
                    && !wanted.contains { $0.hasPrefix(path + "/") }
            }
            measurements.append(
                .verdict(
                    refused.isEmpty && open.isEmpty, service: unit.name,
                    value:
                        "\(wanted.count - refused.count) of \(wanted.count) declared writable, \(open.count) paths of the code too",
                    limit: "all declared, none of the code",
                    evidence: refused.map { "refused: \($0)" } + open.prefix(5).map { "writable: \($0)" },
                    diagnosis: refused.isEmpty
                        ? "copy the code as root (no --chown) and set USER after it, or run with read_only"
                        : "create the folder and give it to the user in the image, or mount a volume there"))
        }
        return measurements
    }
}
