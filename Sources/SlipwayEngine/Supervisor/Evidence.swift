// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
package import SlipwayHost

/// What is known about a process that does not work, at the moment the verdict falls.
package struct Evidence: Equatable, Sendable {
    /// Why a diagnosis is made.
    package enum Trouble: Equatable, Sendable {
        case refused, exited, neverReady, unhealthy, crashLoop(runs: Int)
    }

    package var name: String
    package var trouble: Trouble
    package var spec: ProcessSpec
    package var refusal: ChildProcess.Failure?
    package var exit: ProcessExit?
    /// Descendants that still ran when the program ended.
    package var leftBehind = 0
    package var lastProbe: ProbeResult?
    package var bound: [ListeningSockets.Socket] = []
    /// Who held the expected port before the process started.
    package var portHolder: ListeningSockets.Owner?
    package var lines: [String] = []

    package init(_ trouble: Trouble, _ spec: ProcessSpec) {
        name = spec.name
        self.trouble = trouble
        self.spec = spec
    }
}
