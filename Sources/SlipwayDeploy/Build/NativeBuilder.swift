// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// Knows how services of one kind are built on this machine.
package protocol NativeBuilder: Sendable {
    /// Whether it builds this service.
    func accepts(_ service: Service) -> Bool

    /// Composes the build; runs nothing but questions to the machine (which version is installed).
    /// - Throws: ``SlipwayError`` `noSuitableRuntime` or `missingTool`.
    func plan(_ input: BuildInput, runner: any CommandRunner) async throws -> BuildPlan
}
