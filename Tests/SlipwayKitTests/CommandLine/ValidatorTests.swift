// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Other people's tools about the files that are written.
@Suite(.serialized) struct ValidatorTests {
    /// A program's exit status and what it said.
    private func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, text: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private func writing(_ example: String, _ targets: String, test: (URL) throws -> Void) throws {
        let slipway = try Slipway(example: example)
        defer { slipway.cleanUp() }
        #expect(try slipway.run("write", "--target", targets).status == 0)
        try test(slipway.folder)
    }

    @Test(
        .enabled(if: Tools.has("shellcheck"), "shellcheck is not installed"), arguments: ["pm", "helpdesk", "triggers"])
    func `shellcheck has nothing to say about the scripts, and each explains itself`(_ example: String) throws {
        try writing(example, "docker,fly,vps") { folder in
            let scripts = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("scripts").path
            ).filter { $0.hasSuffix(".sh") }.map { "scripts/\($0)" }.sorted()
            #expect(scripts.count >= 7)
            let found = try run(["shellcheck"] + scripts, in: folder)
            #expect(found.status == 0, "\(found.text)")
            for script in scripts {
                let help = try run(["bash", script, "--help"], in: folder)
                #expect(help.status == 0 && help.text.contains("Usage: \(script)"), "\(script): \(help.text)")
            }
        }
    }

    @Test(.enabled(if: Tools.has("promtool"), "promtool is not installed"), arguments: ["pm", "triggers"])
    func `promtool takes the scrape configuration and the alerts`(_ example: String) throws {
        try writing(example, "observability") { folder in
            let place = folder.appendingPathComponent("deploy/observability")
            let found = try run(["promtool", "check", "config", "prometheus.yml"], in: place)
            #expect(found.status == 0, "\(found.text)")
        }
    }

    /// Files below a folder whose name fits, relative to it.
    private func files(_ folder: URL, where fits: (String) -> Bool) throws -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)
        var files: [String] = []
        while let path = all?.nextObject() as? String {
            if all?.fileAttributes?[.type] as? FileAttributeType == .typeRegular { files.append(path) }
        }
        return files.filter { !$0.hasPrefix("expected/") && !$0.contains(".slipway/") && fits($0) }.sorted()
    }

    private static let everything =
        "docker,swarm,kubernetes,fly,render,railway,heroku,vps,github,gitlab,observability"

    @Test(
        .enabled(if: Tools.has("check-jsonschema"), "check-jsonschema is not there; see scripts/validators"),
        arguments: ["pm", "triggers"])
    func `the schemas of Compose, GitHub Actions and GitLab hold`(_ example: String) throws {
        try writing(example, Self.everything) { folder in
            let checks: [(String, [String], (String) -> Bool)] = [
                ("vendor.compose-spec", [], { $0.hasPrefix("docker-") && $0.hasSuffix(".yml") }),
                ("vendor.github-workflows", [], { $0.hasPrefix(".github/workflows/") }),
                ("vendor.gitlab-ci", ["--data-transform", "gitlab-ci"], { $0 == ".gitlab-ci.yml" }),
            ]
            for (schema, more, fits) in checks {
                let paths = try files(folder, where: fits)
                #expect(!paths.isEmpty, "\(schema)")
                let found = try run(["check-jsonschema", "--builtin-schema", schema] + more + paths, in: folder)
                #expect(found.status == 0, "\(found.text)")
            }
        }
    }

    @Test(
        .enabled(if: Tools.has("zizmor", "hadolint"), "zizmor and hadolint are not there; see scripts/validators"),
        arguments: ["pm", "helpdesk", "triggers"])
    func `zizmor and hadolint have nothing to say`(_ example: String) throws {
        try writing(example, Self.everything) { folder in
            let workflows = try files(folder) { $0.hasPrefix(".github/workflows/") }
            let zizmor = try run(["zizmor", "--offline", "--no-progress"] + workflows, in: folder)
            #expect(zizmor.status == 0, "\(zizmor.text)")
            let images = try files(folder) { $0.split(separator: "/").last?.hasPrefix("Dockerfile") == true }
            let hadolint = try run(["hadolint"] + images, in: folder)
            #expect(hadolint.status == 0, "\(hadolint.text)")
        }
    }

    @Test(
        .enabled(if: Tools.has("kubernetes-validate"), "kubernetes-validate is not there; see scripts/validators"),
        arguments: ["pm", "triggers"])
    func `Kubernetes' own schemas hold`(_ example: String) throws {
        try writing(example, "kubernetes") { folder in
            let manifests = try files(folder) {
                $0.hasPrefix("deploy/kubernetes/") && !$0.hasSuffix("kustomization.yaml")
            }
            let found = try run(["kubernetes-validate", "--strict", "-k", "1.31"] + manifests, in: folder)
            #expect(found.status == 0, "\(found.text)")
        }
    }

    @Test(
        .enabled(if: Tools.has("systemd-analyze"), "systemd-analyze is not installed"), arguments: ["pm", "helpdesk"])
    func `systemd takes the units and finds nothing that they leave open`(_ example: String) throws {
        try writing(example, "vps") { folder in
            let units = try files(folder) { $0.hasSuffix(".service") || $0.hasSuffix(".timer") }
            #expect(units.count == 6)
            let place = folder.appendingPathComponent("units")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
            // What the units name is on the server that they are for.
            try "[Service]\nExecStart=/bin/true\n".write(
                to: place.appendingPathComponent("docker.service"), atomically: false, encoding: .utf8)
            var paths: [String] = []
            for unit in units {
                let text = try String(contentsOf: folder.appendingPathComponent(unit), encoding: .utf8)
                    .split(separator: "\n", omittingEmptySubsequences: false).map { line in
                        line.hasPrefix("Exec")
                            ? String(line.replacing(/=\S+/, with: "=/bin/true", maxReplacements: 1)) : String(line)
                    }.joined(separator: "\n")
                let path = place.appendingPathComponent(String(unit.split(separator: "/").last ?? ""))
                try text.write(to: path, atomically: false, encoding: .utf8)
                paths.append(path.path)
            }
            let found = try run(["systemd-analyze", "verify", "--man=no"] + paths, in: place)
            #expect(found.status == 0 && found.text.isEmpty, "\(found.text)")
            for path in paths where path.hasSuffix(".service") {
                let exposure = try run(
                    ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", path], in: place)
                #expect(exposure.status == 0, "\(path): \(exposure.text.suffix(300))")
            }
        }
    }

    private static let hasCompose: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker", "compose", "version"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: hasCompose, "docker compose is not there"), arguments: ["pm", "triggers", "node-api"])
    func `Compose reads its files and the stack`(_ example: String) throws {
        try writing(example, "docker,swarm,observability") { folder in
            let paths = try files(folder) {
                $0.hasPrefix("docker-") && $0.hasSuffix(".yml") || $0.hasSuffix("/docker-compose.yml")
            }
            #expect(paths.count >= 4)
            for path in paths {
                let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
                let asked = Set(text.matches(of: /\$\{(\w+):?\?/).map { "\($0.1)=value" }).sorted()
                let found = try run(
                    ["env"] + asked + [
                        "docker", "compose", "--env-file", "/dev/null", "-f", path, "config", "--quiet",
                    ],
                    in: folder)
                // A variable without a value is said, and that is all that may be said.
                let other = found.text.split(separator: "\n").filter { !$0.contains("variable is not set") }
                #expect(found.status == 0 && other.isEmpty, "\(path): \(found.text)")
            }
        }
    }

    @Test(.enabled(if: Tools.has("helm"), "helm is not installed"), arguments: ["pm", "triggers"])
    func `helm takes the chart`(_ example: String) throws {
        try writing(example, "kubernetes") { folder in
            let chart = "deploy/helm/\(example)"
            for command in [["helm", "lint", "--strict", chart], ["helm", "template", "release", chart]] {
                let found = try run(command, in: folder)
                #expect(found.status == 0, "\(found.text)")
            }
        }
    }

    @Test(
        .enabled(if: Tools.has("crossplane", "gixy"), "crossplane and gixy are not there; see scripts/validators"),
        arguments: ["pm", "resume"])
    func `crossplane and gixy find only what docs-files explains in nginx configurations`(_ example: String) throws {
        try writing(example, "docker,fly") { folder in
            for path in try files(folder, where: { $0.hasSuffix(".conf") && $0.contains("nginx") }) {
                let read = try run(["crossplane", "parse", path], in: folder)
                #expect(read.text.contains("\"status\":\"ok\""), "\(path): \(read.text.prefix(2000))")
                let found = try run(["gixy", path], in: folder)
                let problems = found.text.split(separator: "\n").filter { $0.contains("Problem:") }
                #expect(problems.allSatisfy { $0.contains("[host_spoofing]") }, "\(path): \(found.text)")
            }
        }
    }
}
