// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Every command, in the order of the help page; a test compares it with the files in `Commands/`.
enum CommandCatalog {
    static let all: [any ParsableCommand.Type] = [
        Init.self,
        Detect.self,
        Env.self,
        Check.self,
        LSP.self,
        Context.self,
        Write.self,
        Build.self,
        Prove.self,
        DoctorCommand.self,
        Up.self,
        Deploy.self,
        Rollback.self,
        Resume.self,
        Abort.self,
        History.self,
        Maintenance.self,
        Rehearse.self,
        SecretCommand.self,
        BackupCommand.self,
        Status.self,
        Logs.self,
        Down.self,
        Debug.self,
        Engine.self,
    ]
}
