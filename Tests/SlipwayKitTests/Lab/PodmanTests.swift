// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension LabTests {
    /// An engine that is Podman, which has no BuildKit; `docker` asks it through its socket.
    struct PodmanTests {
        struct Listing: Decodable {
            struct Image: Decodable {
                let tags: [String]
                let identifier: String
                let reusedCount: Int
                let stepCount: Int
            }
            let images: [Image]
        }

        private static let files = [
            "requirements.txt": "idna==3.7\n",
            "main.py": "import idna, os\nprint(idna.__version__, os.environ['GREETING'])\n",
            "Dockerfile": """
            FROM python:3.11-slim AS build
            COPY requirements.txt .
            RUN --mount=type=cache,target=/root/.cache/pip pip install --target /packages -r requirements.txt
            FROM python:3.11-slim
            ARG GREETING
            ENV GREETING=$GREETING PYTHONPATH=/packages
            RUN --mount=type=secret,id=API_TOKEN grep -qx 'over the wall' /run/secrets/API_TOKEN
            COPY --from=build /packages /packages
            COPY main.py ./
            HEALTHCHECK CMD ["python", "main.py"]
            CMD ["python", "main.py"]
            """,
            "compose.yaml": """
            services:
              app:
                image: podman-listed
                build:
                  context: .
                  args:
                    GREETING: ${GREETING}
                  secrets: [API_TOKEN]
            secrets:
              API_TOKEN:
                environment: API_TOKEN
            """,
        ]

        @Test(.enabled(if: PodmanEngine.isPossible, PodmanEngine.reason))
        func `images are built, reused and listed there, with secrets and dollar signs as they are`() throws {
            let app = try Slipway(named: "podman-listed", files: Self.files)
            defer { app.cleanUp() }
            let engine = try PodmanEngine()
            defer { engine.end() }
            try engine.load("python:3.11-slim")
            var environment = engine.environment
            environment["API_TOKEN"] = "over the wall"
            environment["GREETING"] = "5$ each ${HOME}"
            func build() throws -> Listing.Image {
                let result = try app.runAll(["build", "--json", "--sbom", "software"], environment: environment)
                let listing = try? JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
                return try #require(listing?.images.first, "\(result.errors)")
            }
            let first = try build()
            #expect(first.stepCount == 11)
            #expect(try engine.docker("run", "--rm", "--network", "none", first.tags[0]) == "3.7 5$ each ${HOME}")
            let second = try build()
            #expect(second.identifier == first.identifier)
            #expect(second.reusedCount >= 9)
            // OCI's own image format would have dropped it.
            #expect(
                try engine.podman("image", "inspect", "--format", "{{.HealthCheck}}", first.tags[0]).contains("main.py")
            )
            let software = app.folder.appendingPathComponent("software/app.cdx.json")
            let document = try String(decoding: Data(contentsOf: software), as: UTF8.self)
            #expect(document.contains("pkg:pypi/idna@3.7") && document.contains("pkg:deb/debian/libc6@"))
            let log = try app.text(".slipway/logs/image-app.log")
            #expect(log.contains("podman --remote build"))
            #expect(!log.contains("over the wall"))
        }
    }
}

/// Podman's service on a socket of its own, with nothing in it.
final class PodmanEngine {
    static let reason: Comment = "there is no Podman, or nobody may mount: apt-get install podman"
    static let isPossible = getuid() == 0 && Tools.has("podman")

    private let folder: String
    private let process: Int32
    var environment: [String: String] { ["DOCKER_HOST": "unix://\(folder)/podman.sock"] }

    init() throws {
        folder = "/tmp/slipway-podman-\(UInt32.random(in: 0...99_999_999))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Its usual limits are more than a sandbox may set.
        let settings = "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n"
        try settings.write(toFile: folder + "/containers.conf", atomically: true, encoding: .utf8)
        process = try Background.start([
            "env", "CONTAINERS_CONF=\(folder)/containers.conf", "podman", "--root", "\(folder)/root", "--runroot",
            "\(folder)/run", "system", "service", "--time=0", "unix://\(folder)/podman.sock",
        ])
        let deadline = Date(timeIntervalSinceNow: 30)
        while try docker("version", "--format", "{{.Server.Version}}").isEmpty, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    func docker(_ arguments: String...) throws -> String {
        let words = ["docker", "--host", "unix://\(folder)/podman.sock"] + arguments
        return try Background.shell(words.map { "'\($0)'" }.joined(separator: " ") + " 2>/dev/null || true")
    }

    func podman(_ arguments: String...) throws -> String {
        let words = ["podman", "--url", "unix://\(folder)/podman.sock"] + arguments
        return try Background.shell(words.map { "'\($0)'" }.joined(separator: " ") + " 2>/dev/null || true")
    }

    /// Copies one of the lab's images.
    func load(_ image: String) throws {
        try Background.shell(
            "docker save '\(image)' | docker --host unix://\(folder)/podman.sock load >/dev/null 2>&1")
    }

    func end() {
        Background.end(process)
        _ = try? Background.shell(
            "for m in $(awk '$2 ~ \"^\(folder)/\" { print $2 }' /proc/mounts | sort -r); do umount -l $m; done")
        try? FileManager.default.removeItem(atPath: folder)
    }
}
