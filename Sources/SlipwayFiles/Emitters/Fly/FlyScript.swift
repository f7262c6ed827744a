// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/deploy-fly.sh`: applications, database, secrets, deploy in order, verify, roll back.
struct FlyScript {
    let layout: Layout
    private let network: FlyNetwork

    init(layout: Layout) {
        self.layout = layout
        network = FlyNetwork(layout: layout)
    }

    var contents: String {
        let order = layout.deployOrder
        return ShellScript(
            about: "Deploys \(layout.name) to Fly.io: \(order.map(\.name).joined(separator: ", then ")).",
            usage: """
                Usage: scripts/deploy-fly.sh [--env-file FILE] [--org NAME]\(hasDatabase ? " [--region CODE]" : "") [--rollback]

                  --env-file FILE  secrets to set, NAME=value a line; they go through a pipe and are never printed.
                                   Default: .env.production when it exists
                  --org NAME       organisation of new applications; the personal one when left out
                \(hasDatabase ? "  --region CODE    where a new database stands; applications say it in fly.toml. Default: \(FlyFile.region)\n" : "")\
                  --rollback       start the images that ran before the last deploy, and nothing else

                Applications\(hasDatabase ? " and the database" : "") are created when they are not there yet. When an\
                 application does not
                become healthy, all that this run deployed goes back to the image it had. Migrations are not undone.
                """,
            needs: ["fly", "jq", "curl"], body: body(order)
        ).text
    }

    private func body(_ order: [Layout.Image]) -> String {
        [
            options, functions, "say \"preparing\"\n" + order.flatMap { prepare($0) }.joined(separator: "\n"),
            deployment(order),
        ]
        .joined(separator: "\n")
    }

    /// What the script makes: databases whose whole address the code reads. Parts of an address Fly does not give.
    static func databases(of layout: Layout) -> [Resource] {
        let made = layout.images.flatMap { image in
            layout.runVariables(of: image).compactMap { variable, source -> String? in
                guard case .resource(let resource) = source, resource.kind == .postgres,
                    variable.furtherDatabase == nil,
                    AddressForm(resource.kind, like: variable.addressExample, language: image.owner.language)
                        .isConnectionString
                else { return nil }
                return resource.name
            }
        }
        return layout.resources(of: layout.app.services).filter { Set(made).contains($0.name) }
    }

    private var hasDatabase: Bool { !Self.databases(of: layout).isEmpty }

    private var options: String {
        #"""
        env_file=""
        [[ -f .env.production ]] && env_file=.env.production
        org=()\#(hasDatabase ? "\nregion=\(FlyFile.region)" : "")
        rollback=false
        while [[ $# -gt 0 ]]; do
            case "$1" in
                --env-file) env_file="${2:?--env-file needs a file}"; shift 2 ;;
                --org) org=(--org "${2:?--org needs a name}"); shift 2 ;;\#(hasDatabase ? "\n        --region) region=\"${2:?--region needs a code}\"; shift 2 ;;" : "")
                --rollback) rollback=true; shift ;;
                *) fail "unknown argument $1; see --help" 64 ;;
            esac
        done
        if [[ -n "$env_file" && ! -r "$env_file" ]]; then fail "$env_file cannot be read" 66; fi
        fly auth whoami >/dev/null 2>&1 || fail "not logged in; run: fly auth login" 69
        state=.slipway/fly-images
        mkdir -p "$state"

        """#
    }

    private var functions: String {
        #"""
        create_app() {
            fly status --app "$1" >/dev/null 2>&1 || fly apps create "$1" "${org[@]}"
        }
        has_secret() {
            fly secrets list --app "$1" --json | jq -e --arg name "$2" 'any(.[]; (.Name // .name) == $name)' >/dev/null
        }
        value_of() {
            [[ -n "$env_file" ]] || return 0
            sed -n "s/^\(export \)\{0,1\}$1=//p" "$env_file" | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'$/\1/"
        }
        # Sets a secret from the file; makes it up when the application may choose it; says when somebody must give it.
        set_secret() {
            local app="$1" name="$2" kind="$3" value
            value="$(value_of "$name")"
            if [[ -z "$value" ]] && has_secret "$app" "$name"; then return 0; fi
            if [[ -z "$value" && "$kind" == invented ]]; then value="$(openssl rand -hex 32)"; fi
            if [[ -z "$value" && "$kind" == required ]]; then
                fail "$name of $app is missing; put it into .env.production or run: fly secrets set --app $app $name=..." 65
            fi
            if [[ -n "$value" ]]; then printf '%s=%s\n' "$name" "$value" | fly secrets import --app "$app" --stage >/dev/null; fi
        }
        # Values that browsers get to see, as arguments of the build.
        arguments=()
        add_argument() {
            local value
            value="$(value_of "$1")"
            if [[ -n "$value" ]]; then arguments+=(--build-arg "$1=$value"); fi
        }
        current_image() {
            fly machine list --app "$1" --json 2>/dev/null | jq -r '[.[].config.image][0] // empty'
        }
        # Folder, configuration and flags of one application's deploy.
        deploy() {
            local app="$1" folder="$2" config="$3"
            shift 3
            current_image "$app" >"$state/$app"
            say "deploying $app"
            (cd "$folder" && fly deploy --app "$app" --config "$config" --yes "$@")
        }
        restore() {
            local app="$1" folder="$2" config="$3" image
            image="$(cat "$state/$app" 2>/dev/null || true)"
            # On a machine that did not deploy, Fly's own list says what ran before.
            if [[ -z "$image" ]] && "$rollback"; then
                image="$(fly releases --app "$app" --image --json |
                    jq -r '[.[] | select((.Status // .status) == "complete")][1] | .ImageRef // .imageRef // empty')"
            fi
            if [[ -z "$image" ]]; then
                printf '%s had no release before; it is left as it is\n' "$app" >&2
                return 0
            fi
            say "going back to $image"
            (cd "$folder" && fly deploy --app "$app" --config "$config" --yes --image "$image")
        }
        # A public application is asked as a browser would; of a private one Fly's own checks are read.
        verify() {
            local app="$1" path="$2"
            say "verifying $app"
            for _ in $(seq 1 30); do
                if [[ -n "$path" ]]; then
                    if curl --fail --silent --show-error --max-time 10 --output /dev/null "https://$app.fly.dev$path"; then return 0; fi
                elif fly checks list --app "$app" --json | jq -e '[.. | objects | .status? // empty] | all(. == "passing")' >/dev/null; then
                    return 0
                fi
                sleep 4
            done
            return 1
        }

        """#
    }

    /// What must be there before the first deploy of an image.
    private func prepare(_ image: Layout.Image) -> [String] {
        let app = ShellWord.quote(image.name)
        var lines = ["\"$rollback\" || create_app \(app)"]
        for (variable, source) in layout.runVariables(of: image) {
            switch source {
            case .resource(let resource):
                let form = AddressForm(resource.kind, like: variable.addressExample, language: image.owner.language)
                guard form.isConnectionString, variable.furtherDatabase == nil else {
                    let example = ResourceImage.address(
                        of: resource, host: "HOST", password: "PASSWORD", for: variable,
                        language: image.owner.language)
                    lines.append(
                        variable.furtherDatabase == nil
                            ? "# This code reads no URL: \(example)"
                            : "# A second database on the same server, which the migrations make: \(example)")
                    lines.append("\"$rollback\" || set_secret \(app) \(variable.name) required")
                    continue
                }
                lines += self.resource(resource, variable: variable.name, app: app)
            case .invented: lines.append("\"$rollback\" || set_secret \(app) \(variable.name) invented")
            case .part(let resource, let part):
                // Fly gives one address and no parts, and the code's own are those of a developer's machine.
                let isNeeded = part == .host || part == .password
                if part == .host {
                    lines.append(
                        "# \(variable.name) and its kin are the parts of the address of your \(resource.kind.rawValue)."
                    )
                }
                lines.append(
                    "\"$rollback\" || set_secret \(app) \(variable.name) \(isNeeded || variable.required ? "required" : "optional")"
                )
            case .given:
                lines.append(
                    "\"$rollback\" || set_secret \(app) \(variable.name) \(variable.required ? "required" : "optional")"
                )
            case .optional: lines.append("\"$rollback\" || set_secret \(app) \(variable.name) optional")
            case .port, .host: continue
            }
        }
        return lines
    }

    private func resource(_ resource: Resource, variable: String, app: String) -> [String] {
        let name = ShellWord.quote(Layout.label("\(layout.name)-\(resource.name)"))
        guard resource.kind == .postgres else {
            return ["# Fly.io runs no \(resource.kind.rawValue) by itself: give the address of yours in \(variable)."]
                + ["\"$rollback\" || set_secret \(app) \(variable) required"]
        }
        return [
            """
            if ! "$rollback"; then
                # What these two print holds the password, so it goes nowhere.
                if ! fly status --app \(name) >/dev/null 2>&1; then
                    say "creating the database \(name)"
                    fly postgres create --name \(name) --region "$region" "${org[@]}" --initial-cluster-size 1 \\
                        --vm-size shared-cpu-1x --volume-size 10 >/dev/null
                fi
                if ! has_secret \(app) \(variable); then
                    fly postgres attach \(name) --app \(app) --variable-name \(variable) --yes >/dev/null
                fi
            fi
            """
        ]
    }

    private func deployment(_ order: [Layout.Image]) -> String {
        var lines = ["\ngo_back() {"]
        for image in order.reversed() { lines.append("    restore \(place(image))") }
        lines += [
            "}", "if \"$rollback\"; then", "    go_back", "    exit 0", "fi", "",
            "# From here on a failure takes back what this run has deployed.", "set -E", "rm -f \"$state\"/*",
            "trap 'printf \"%s\\n\" \"the deploy failed\" >&2; go_back' ERR",
        ]
        for image in order {
            let port = image.services.contains { layout.port(of: $0) != nil }
            let isPublic = network.isPublic(image)
            var flags = isPublic ? [] : ["--no-public-ips"]
            if !isPublic, port, image.services.contains(where: { network.way(to: $0) == .flycast }) {
                flags = ["--flycast"]
            }
            if image.services.contains(where: { $0.singleInstance != nil || !layout.keptFolders(of: $0).isEmpty }) {
                flags.append("--ha=false")
            }
            let builds = layout.buildArguments(of: image).map(\.name)
            if !builds.isEmpty {
                lines.append("arguments=()")
                lines += builds.map { "add_argument \(ShellWord.quote($0))" }
                flags.append("\"${arguments[@]}\"")
            }
            lines.append((["deploy \(place(image))"] + flags).joined(separator: " "))
            if image.services.contains(where: { !layout.keptFolders(of: $0).isEmpty }) {
                lines += [
                    "# A new volume belongs to root, the process does not.",
                    "fly ssh console --app \(ShellWord.quote(image.name)) --command \"chown -R 1000:1000 \(destination(image))\"",
                ]
            }
            if port {
                let path =
                    !isPublic
                    ? "" : image.owner.role.isServedFromFiles ? "/" : layout.healthPath(of: image.owner) ?? "/"
                lines.append("verify \(ShellWord.quote(image.name)) \(ShellWord.quote(path))")
            }
        }
        if let image = order.last(where: network.isPublic) {
            lines.append("say \"running: https://\(image.name).fly.dev\"")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func destination(_ image: Layout.Image) -> String {
        FlyFile(image: image, layout: layout, tree: SourceTree(files: [:]), network: network).mountDestination
            ?? "/data"
    }

    private func place(_ image: Layout.Image) -> String {
        let file = FlyFile.path(of: image, in: layout).split(separator: "/").last.map(String.init) ?? "fly.toml"
        return [image.name, image.context, file].map(ShellWord.quote).joined(separator: " ")
    }
}
