// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Celery's clock notes beside the code when each task ran last, where no process of ours may write.
enum CeleryBeat {
    /// The command with a place for the notes, unless it names one or keeps them in a database
    /// (docs.celeryq.dev/en/stable/reference/cli.html#celery-beat). Lost notes cost nothing but the phase of intervals.
    static func withPlaceForSchedule(_ command: String) -> String {
        guard !ContainerCommand.needsShell(command), let words = ShellWord.split(command),
            let celery = words.firstIndex(of: "celery"), let beat = words[celery...].firstIndex(of: "beat"),
            !words[beat...].contains(where: { $0.hasPrefix("-s") || $0.hasPrefix("-S") || $0.hasPrefix("--schedule") })
        else { return command }
        return command + " --schedule /tmp/celerybeat-schedule"
    }
}
