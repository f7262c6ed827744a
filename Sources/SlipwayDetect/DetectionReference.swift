// SPDX-License-Identifier: Apache-2.0

/// What detection knows, described for people from the same tables that it works with.
package enum DetectionReference {
    /// `docs/detection.md`
    package static var markdown: String {
        """
        # What detection knows

        Made from the code by `make docs`. How it decides is in [the architecture](architecture.md): every detector \
        says what it saw, the strongest evidence wins field by field, and `slipway detect --explain` shows both.

        ## Detectors

        A detector that refines another one is believed where both speak about the same value. A value below \
        \(Int(Confidence.floor * 100)) % stays empty, and a finding says what would fill it.

        | how sure | what it rests on |
        |---|---|
        \(rows(confidences))

        \(DetectorCatalog.all.sorted { $0.name < $1.name }.map(section).joined(separator: "\n\n"))

        ## Variables that code reads

        Each line is one way of reading the environment that is recognised.

        \(VariableReaderCatalog.all.map { "- \($0.summary)" }.sorted().joined(separator: "\n"))

        ## System packages of Python libraries

        Only libraries whose wheels do not carry what they need.

        | library | while running | while building | source |
        |---|---|---|---|
        \(rows(libraries))

        ## System packages of programs that code calls

        | program | package |
        |---|---|
        \(rows(SystemPackages.programs.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }))

        """
    }

    private static let confidences = [
        ("\(Int(Confidence.stated * 100)) %", "a person wrote exactly this for exactly this purpose"),
        ("\(Int(Confidence.code * 100)) %", "the code that runs"),
        ("\(Int(Confidence.toolFile * 100)) %", "another tool's file"),
        ("\(Int(Confidence.dependency * 100)) %", "a dependency or a lock file"),
        ("\(Int(Confidence.convention * 100)) %", "what most projects of the kind do"),
        ("\(Int(Confidence.hint * 100)) %", "a name or a document"),
    ].map { [$0.0, $0.1] }

    private static func section(_ detector: any Detector) -> String {
        let account = detector.account
        let refines = detector.refines.isEmpty ? "" : "\n- refines: \(detector.refines.joined(separator: ", "))"
        return """
            ### \(detector.name)

            \(account.recognises)

            - reads: \(account.reads.joined(separator: "; "))
            - sure: \(account.confidence)\(refines)
            """
    }

    private static var libraries: [[String]] {
        SystemPackages.python.sorted { $0.key < $1.key }.map { name, need in
            let extras = need.freeingExtras.sorted().map { "[\($0)]" }.joined(separator: ", ")
            let label = extras.isEmpty ? name : "\(name) (not with \(extras))"
            return [label, need.run.joined(separator: ", "), need.build.joined(separator: ", "), need.source]
        }
    }

    private static func rows(_ cells: [[String]]) -> String {
        cells.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
