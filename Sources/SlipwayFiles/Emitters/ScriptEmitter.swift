// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// The scripts that people run by hand: build, run, test, back up, restore.
package struct ScriptEmitter: Emitter {
    package let name = "scripts"
    package let target = FileTarget.docker

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        var scripts = [
            ("build", BuildScript(layout: layout).contents), ("run-dev", RunScript(layout: layout).development),
            ("run-prod", RunScript(layout: layout).production), ("test-docker", TestScript(layout: layout).contents),
        ]
        if !layout.dumpable.isEmpty || !layout.keepers.isEmpty {
            scripts.append(("backup", BackupScript(layout: layout).backup))
            scripts.append(("restore", BackupScript(layout: layout).restore))
        }
        return scripts.map { GeneratedFile(path: "scripts/\($0.0).sh", contents: $0.1, isExecutable: true) }
    }
}
