// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Writes the values that pages read while they run, from the environment of the container that serves them. nginx'
/// image runs what lies in /docker-entrypoint.d before it starts (github.com/nginx/docker-nginx, docker-entrypoint.sh).
struct RuntimeConfigScript {
    let service: Service
    let layout: Layout
    /// Below the folder of the pages.
    let path: String

    /// The only folder that the process may write to.
    static let place = "/tmp/runtime-config.js"
    static let hook = "/docker-entrypoint.d/40-runtime-config.sh"

    init?(_ service: Service, in layout: Layout) {
        guard service.role.isServedFromFiles, let path = service.runtimeConfig, !path.isEmpty, path != "." else {
            return nil
        }
        self.service = service
        self.layout = layout
        self.path = path
    }

    /// Where it stands in the repository.
    var file: String { layout.file("runtime-config", "sh", for: service) }

    /// What the pages may know: never a secret, because everybody can open the script.
    var variables: [Variable] { layout.buildVariables(of: service) }

    var contents: String {
        let defaults = variables.compactMap { variable in
            variable.default.map {
                "export \(variable.name)=\"${\(variable.name):-$(printf %s \(ShellWord.quote($0)))}\""
            }
        }
        let names = variables.map(\.name).joined(separator: " ")
        return #"""
            #!/bin/sh
            # Writes \#(Self.place), which nginx serves as /\#(path), from the environment of this container.
            # Everybody can read it, so no secret may be among these variables.
            set -eu

            \#((defaults + ["file=\(Self.place)"]).joined(separator: "\n"))
            # shellcheck disable=SC2016 # awk's own variables
            awk '
            function quoted(text, result, place, sign) {
                result = ""
                for (place = 1; place <= length(text); place++) {
                    sign = substr(text, place, 1)
                    result = result (sign in escaped ? escaped[sign] : sign)
                }
                return "\"" result "\""
            }
            BEGIN {
                for (code = 1; code < 32; code++) escaped[sprintf("%c", code)] = sprintf("\\u%04x", code)
                escaped["\""] = "\\\""
                escaped["\\"] = "\\\\"
                escaped["<"] = "\\u003c"
                printf "window.env = Object.freeze({"
                for (place = 1; place < ARGC; place++)
                    printf "%s\n  %s: %s", (place > 1 ? "," : ""), quoted(ARGV[place]), quoted(ENVIRON[ARGV[place]])
                print "\n});"
            }' \#(names) >"$file.new"
            mv "$file.new" "$file"

            """#
    }
}
