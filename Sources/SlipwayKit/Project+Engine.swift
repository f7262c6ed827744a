// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import SlipwayDeploy
import SlipwayHost

extension Project {
    /// Has the running engine go on in this program's binary; no request is lost.
    /// - Returns: The engine before and after.
    /// - Throws: ``SlipwayError`` `not-running`, `deploy-locked`, or why it cannot; the engine serves on then.
    public func upgradeEngine(wait: Duration) async throws -> (before: EngineStatus, now: EngineStatus) {
        guard let executable = ExecutableSearch.own else {
            throw SlipwayError(.engineFailed, "this program does not find its own file", hint: "run it by its path")
        }
        return try await EngineUpgrade(releasePaths, patience: wait).run(executable)
    }
}
