// SPDX-License-Identifier: Apache-2.0

/// What one service's commands find in their environment, besides the machine's own variables.
package struct ServiceEnvironment: Equatable, Sendable {
    /// While it is built; part of the build's key.
    package var build: [String: String] = [:]
    /// While it runs and while its release step runs.
    package var run: [String: String] = [:]

    /// What a build command that loads the application sees of ``run``: all but the tools' own switches, which say how
    /// something is built.
    package var forLoading: [String: String] { run.filter { !["NODE_ENV", "CI"].contains($0.key) } }
}
