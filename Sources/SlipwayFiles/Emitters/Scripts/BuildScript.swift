// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/build.sh`: every image, tagged with what git says.
struct BuildScript {
    let layout: Layout

    var contents: String {
        ShellScript(
            about: "Builds the images of \(layout.name): \(layout.images.map(\.name).joined(separator: ", ")).",
            usage: """
                Usage: scripts/build.sh [--tag TAG] [--registry PREFIX] [--push] [IMAGE...]

                  --tag TAG          instead of the commit's short hash
                  --registry PREFIX  put before each name: ghcr.io/me
                  --push             push each image after its build
                """,
            needs: ["docker"], body: body
        ).text
    }

    private var body: String {
        let builds = layout.images.map { image in
            let words = [image.name, image.dockerfile, image.context].map(ShellWord.quote).joined(separator: " ")
            let target = layout.handwritten(image)?.target.map { " --target \(ShellWord.quote($0))" } ?? ""
            let arguments = layout.buildArguments(of: image).map {
                #" \#n    ${\#($0.name):+--build-arg "\#($0.name)=$\#($0.name)"}"#.replacing("\n", with: "\\\n")
            }
            return "build \(words)\(target)" + arguments.joined()
        }
        return #"""
            tag="$(git rev-parse --short=12 HEAD 2>/dev/null || echo dev)"
            revision="$(git rev-parse HEAD 2>/dev/null || echo unknown)"
            registry=""
            push=false
            wanted=()
            while [[ $# -gt 0 ]]; do
                case "$1" in
                    --tag) tag="${2:?--tag needs a value}"; shift 2 ;;
                    --registry) registry="${2:?--registry needs a prefix}/"; shift 2 ;;
                    --push) push=true; shift ;;
                    -*) fail "unknown option $1; see --help" 64 ;;
                    *) wanted+=("$1"); shift ;;
                esac
            done
            for name in ${wanted[@]+"${wanted[@]}"}; do
                case "$name" in
                    \#(layout.images.map { ShellWord.quote($0.name) }.joined(separator: " | "))) ;;
                    *) fail "there is no image $name; there are: \#(layout.images.map(\.name).joined(separator: ", "))" 64 ;;
                esac
            done
            is_wanted() {
                [[ ${#wanted[@]} -eq 0 ]] && return 0
                local name
                for name in "${wanted[@]}"; do [[ "$name" == "$1" ]] && return 0; done
                return 1
            }
            # Name, Dockerfile and folder of an image; what follows goes to the build as it is.
            build() {
                local name="$1" dockerfile="$2" folder="$3"
                shift 3
                is_wanted "$name" || return 0
                say "building $registry$name:$tag"
                DOCKER_BUILDKIT=1 docker build --file "$dockerfile" --tag "$registry$name:$tag" --tag "$registry$name:latest" \
                    --build-arg "VERSION=$tag" --build-arg "REVISION=$revision" "$@" "$folder"
                docker image inspect --format '{{.RepoTags}} {{.Size}} bytes' "$registry$name:$tag"
                if "$push"; then docker push "$registry$name:$tag"; fi
            }

            \#(builds.joined(separator: "\n"))

            """#
    }
}
