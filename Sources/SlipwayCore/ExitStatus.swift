// SPDX-License-Identifier: Apache-2.0

/// Process exit codes of the command line, from BSD's sysexits.h where it has one.
public enum ExitStatus: Int32, Sendable {
    case done = 0
    /// EX_USAGE: the command line or `slipway.yml` is wrong.
    case usage = 64
    /// EX_DATAERR: findings, differences, or an application that does not work.
    case findings = 65
    /// EX_UNAVAILABLE: the target cannot be reached.
    case unreachable = 69
    /// EX_SOFTWARE: our own bug.
    case bug = 70
    /// EX_TEMPFAIL: try again later.
    case tryAgain = 75
}
