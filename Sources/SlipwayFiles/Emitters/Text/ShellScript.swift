// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A bash script in the shape that all of ours share: strict mode, `--help`, messages on standard error.
struct ShellScript {
    /// One sentence, first line of the help.
    let about: String
    /// The lines below it: how to call it and what options mean.
    let usage: String
    /// Programs without which it cannot start.
    var needs: [String] = []
    /// A rule of shellcheck that does not hold here, and why: `SC2016 # expanded elsewhere`.
    var allowance = ""
    /// Everything else; runs in the repository's root.
    let body: String

    var text: String {
        let check = needs.map { "need \($0)\n" }.joined()
        return """
            #!/usr/bin/env bash
            # \(about)
            \(allowance.isEmpty ? "" : "# shellcheck disable=\(allowance)\n")\
            set -euo pipefail
            cd "$(dirname "${BASH_SOURCE[0]}")/.."

            usage() {
                cat <<'END_OF_HELP'
            \(about)

            \(usage)
            END_OF_HELP
            }
            say() { printf '\\033[1;34m==>\\033[0m %s\\n' "$*" >&2; }
            fail() {
                printf '%s: %s\\n' "${0##*/}" "$1" >&2
                exit "${2:-1}"
            }
            \(needs.isEmpty ? "" : #"need() { command -v "$1" >/dev/null || fail "$1 is not installed" 69; }"# + "\n")\
            for argument in "$@"; do
                if [[ "$argument" == --help || "$argument" == -h ]]; then
                    usage
                    exit 0
                fi
            done
            \(check)
            """ + body
    }

    /// The words of a bash array.
    static func array(_ words: some Sequence<String>) -> String {
        "(" + words.map(ShellWord.quote).joined(separator: " ") + ")"
    }
}
