// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension LabTests {
    /// What `slipway build` does with images: reuse, lists of software, a registry, a host without one.
    struct ImageTests {
        struct Listing: Decodable {
            struct Image: Decodable {
                let service: String
                let tags: [String]
                let identifier: String
                let reusedCount: Int
                let stepCount: Int
                let ownLayers: [String]?
            }
            struct Delivery: Decodable {
                let destination: String
                let sentLayers: Int
                let layers: Int
                let sentBytes: Int
            }
            let images: [Image]
            let deliveries: [Delivery]?
        }

        private static let files = [
            "requirements.txt": "idna==3.7\n",
            "main.py": "import idna\nprint(idna.__version__)\n",
            "Dockerfile": """
            FROM python:3.11-slim
            WORKDIR /app
            COPY requirements.txt .
            RUN pip install --no-cache-dir -r requirements.txt
            COPY main.py vendored/ ./
            CMD ["python", "main.py"]
            """,
            "compose.yaml": "services:\n  app:\n    image: lab-listed\n    build: .\n",
            // A package of Node's that somebody carries along.
            "vendored/node_modules/@scope/left-pad/package.json":
                #"{"name": "@scope/left-pad", "version": "1.3.0", "license": "WTFPL"}"#,
        ]

        private func build(_ app: Slipway, _ arguments: String...) throws -> Listing {
            let result = try app.runAll(["build", "--json"] + arguments)
            return try #require(
                try? JSONDecoder().decode(Listing.self, from: Data(result.output.utf8)), "\(result.errors)")
        }

        @Test func `what an image holds is listed from its own databases, in two standard forms`() throws {
            let app = try Slipway(named: "listed", files: Self.files)
            defer { app.cleanUp() }
            let first = try build(app, "--sbom", "software")
            #expect(first.images[0].tags.count == 2)
            func document(_ name: String) throws -> [String: Any] {
                let file = app.folder.appendingPathComponent("software/\(name)")
                return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            }
            let components = try #require(try document("app.cdx.json")["components"] as? [[String: Any]])
            let addresses = components.compactMap { $0["purl"] as? String }
            #expect(Set(addresses).count == addresses.count)
            #expect(addresses.contains("pkg:pypi/idna@3.7"))
            #expect(addresses.contains("pkg:npm/%40scope/left-pad@1.3.0"))
            #expect(addresses.contains { $0.hasPrefix("pkg:deb/debian/libc6@") && $0.hasSuffix("distro=debian-12") })
            // As many as the image's own package manager says.
            let counted = try Lab.docker("run", "--rm", first.images[0].tags[0], "dpkg-query", "-f", "x\n", "-W")
            #expect(addresses.count { $0.hasPrefix("pkg:deb/") } == counted.split(separator: "\n").count)
            let own = components.filter { component in
                (component["properties"] as? [[String: String]])?.contains { $0["value"] == "own" } == true
            }
            #expect(own.compactMap { $0["name"] as? String }.sorted() == ["@scope/left-pad", "idna"])
            let packages = try #require(try document("app.spdx.json")["packages"] as? [[String: Any]])
            #expect(packages.count == components.count + 1)
        }

        @Test(.enabled(if: Tools.has("go"), "a program is made with go: apt-get install golang-go"))
        func `the modules of a Go program and a Swift program's packages are listed`() throws {
            let files = [
                "go.mod": """
                module example.com/app

                require example.com/greetings v1.2.3

                replace example.com/greetings => ./greetings
                """,
                "main.go":
                    "package main\n\nimport \"example.com/greetings\"\n\nfunc main() { println(greetings.Hello()) }\n",
                "greetings/go.mod": "module example.com/greetings\n",
                "greetings/hello.go": "package greetings\n\nfunc Hello() string { return \"hello\" }\n",
                "Package.resolved": """
                {"version": 3, "pins": [{"identity": "swift-nio", "kind": "remoteSourceControl",
                  "location": "https://github.com/apple/swift-nio.git", "state": {"version": "2.81.0"}}]}
                """,
                "Dockerfile": "FROM debian:bookworm-slim\nCOPY app /usr/local/bin/app\nCMD [\"app\"]\n",
                "compose.yaml": "services:\n  app:\n    image: lab-modules\n    build: .\n",
            ]
            let app = try Slipway(named: "modules", files: files)
            defer { app.cleanUp() }
            try Background.shell("cd '\(app.folder.path)' && CGO_ENABLED=0 GOFLAGS=-mod=mod go build -o app .")
            _ = try build(app, "--sbom", "software")
            let document = app.folder.appendingPathComponent("software/app.cdx.json")
            let root = try JSONSerialization.jsonObject(with: Data(contentsOf: document)) as? [String: Any]
            let components = try #require(root?["components"] as? [[String: Any]])
            let addresses = components.compactMap { $0["purl"] as? String }
            #expect(addresses.contains("pkg:golang/example.com/greetings@v1.2.3"))
            #expect(addresses.contains { $0.hasPrefix("pkg:golang/stdlib@1.") })
            #expect(addresses.contains("pkg:swift/github.com/apple/swift-nio@2.81.0"))
        }

        @Test func `the second build reuses everything, and a changed line keeps the dependencies`() throws {
            let app = try Slipway(named: "listed", files: Self.files)
            defer { app.cleanUp() }
            let first = try build(app, "--fresh")
            // Only the base and the first step on it may be there already.
            #expect(first.images[0].reusedCount <= 2)
            let second = try build(app)
            #expect(second.images[0].identifier == first.images[0].identifier)
            try app.write("print('other')\n", to: "main.py")
            let third = try build(app)
            #expect(third.images[0].identifier != first.images[0].identifier)
            #expect(third.images[0].stepCount - third.images[0].reusedCount <= 2)
        }

        @Test func `the same source gives the same image again, whenever and wherever it is built`() throws {
            func image() throws -> Listing.Image {
                let app = try Slipway(named: "listed", files: Self.files)
                defer { app.cleanUp() }
                let result = try app.runAll(
                    ["build", "--json", "--fresh", "--reproducible"], environment: ["SOURCE_DATE_EPOCH": "1700000000"])
                let listing = try? JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
                return try #require(listing?.images.first, "\(result.errors)")
            }
            let first = try image()
            // Times are kept to the second, so the second one is later by one at least.
            Thread.sleep(forTimeInterval: 1.1)
            let second = try image()
            #expect(first.ownLayers == second.ownLayers && (first.ownLayers?.count ?? 0) >= 3)
            #expect(first.identifier == second.identifier)
            // Python takes its compiled files as they are: they tell of their sources the times that these have.
            let check =
                "import idna.core, os, struct; from importlib.util import cache_from_source as c; "
                + "f = idna.core.__file__; d = open(c(f), 'rb').read(12); "
                + "print(struct.unpack('<I', d[8:12])[0] == int(os.stat(f).st_mtime) == 1700000000)"
            #expect(try Lab.docker("run", "--rm", "--network", "none", second.tags[0], "python", "-c", check) == "True")
        }

        @Test func `an image of ours that installs packages is the same again, too`() throws {
            func layers() throws -> [String] {
                let app = try Slipway(example: "resume")
                defer { app.cleanUp() }
                let result = try app.runAll(
                    ["build", "backend", "--json", "--fresh", "--reproducible"],
                    environment: ["SOURCE_DATE_EPOCH": "1700000000"])
                let listing = try? JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
                return try #require(listing?.images.flatMap { $0.ownLayers ?? [] }, "\(result.errors)")
            }
            let first = try layers()
            #expect(first.count >= 5)
            #expect(try layers() == first)
        }

        @Test(.enabled(if: Lab.registry != nil, "the lab has no registry: scripts/lab up"))
        func `a pushed image is pulled by its digest`() throws {
            let app = try Slipway(named: "listed", files: Self.files)
            defer { app.cleanUp() }
            let registry = try #require(Lab.registry)
            let sent = try #require(try build(app, "--push", "\(registry)/acme").deliveries?.first)
            #expect(sent.destination.hasPrefix("\(registry)/acme/lab-listed@sha256:"))
            #expect(try Lab.docker("pull", "--quiet", sent.destination).contains("lab-listed"))
        }

        @Test(.enabled(if: SecondEngine.isPossible, SecondEngine.reason))
        func `a host gets only the layers that it lacks, over ssh and without a registry`() throws {
            // Steps that no build ran before: of several results of one step, BuildKit takes any.
            let own = ["requirements.txt": "# \(UUID())\nidna==3.7\n"]
            let app = try Slipway(named: "listed", files: Self.files.merging(own) { $1 })
            defer { app.cleanUp() }
            let other = try SecondEngine()
            defer { other.end() }
            func send() throws -> Listing.Delivery {
                let result = try app.runAll(
                    ["build", "--json", "--send", other.address], environment: other.environment)
                let listing = try? JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
                return try #require(listing?.deliveries?.first, "\(result.errors)")
            }
            let first = try send()
            #expect(first.sentLayers == first.layers)
            #expect(first.sentBytes > 50_000_000)
            #expect(try other.docker("run", "--rm", "--network", "none", "lab-listed:latest") == "3.7")
            try app.write("print('other')\n", to: "main.py")
            let second = try send()
            #expect(second.sentLayers == 1)
            #expect(second.sentBytes < 200_000)
            #expect(try other.docker("run", "--rm", "--network", "none", "lab-listed:latest") == "other")
            #expect(try send().sentBytes == 0)
        }

        @Test func `what a scanner finds is mapped to the list, and without one the command says what to install`()
            throws
        {
            let app = try Slipway(named: "listed", files: Self.files)
            defer { app.cleanUp() }
            if !Tools.has("trivy"), !Tools.has("grype") {
                let missing = try app.run("build", "--scan")
                #expect(missing.status == 65)
                #expect(missing.errors.contains("trivy"))
            }
            // Speaks as Trivy does, about a package of ours and one of the base.
            let answer = """
                {"Results": [{"Vulnerabilities": [
                  {"VulnerabilityID": "CVE-2024-3651", "PkgName": "idna", "Severity": "HIGH", "FixedVersion": "3.8",
                   "PkgIdentifier": {"PURL": "pkg:pypi/idna@3.7"}},
                  {"VulnerabilityID": "CVE-2000-0001", "PkgName": "x", "Severity": "CRITICAL",
                   "PkgIdentifier": {"PURL": "pkg:deb/debian/x@1"}}]}]}
                """
            try app.write("#!/bin/sh\ncat <<'END'\n\(answer)\nEND\n", to: "tools/trivy")
            let tools = app.folder.appendingPathComponent("tools")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: tools.appendingPathComponent("trivy").path)
            let path = "\(tools.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
            let result = try app.run("build", "--scan", environment: ["PATH": path])
            #expect(result.output.contains("critical  CVE-2000-0001"), "\(result.errors)")
            #expect(result.output.contains("pkg:pypi/idna@3.7  fixed in 3.8 (ours)"))
        }
    }
}
