// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SlipwayKit

/// Where releases run.
struct TargetOptions: ParsableArguments {
    @Option(help: "Where releases run: as processes, or as containers. The one in use when not said.")
    var target: Project.Target?
}

extension Project.Target: ExpressibleByArgument {}

extension ProjectOptions {
    func open(_ target: TargetOptions) throws -> Project {
        try Project.open(directory, environment: environment, target: target.target)
    }
}
