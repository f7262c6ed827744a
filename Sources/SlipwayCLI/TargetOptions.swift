// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where releases run.
struct TargetOptions: ParsableArguments {
    enum Target: String, ExpressibleByArgument, CaseIterable { case local }

    @Option(help: "Where the release runs.")
    var target = Target.local
}
