// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// A minimum in a manifest is no exact version.
struct ImageVersionTests {
    private static func image(_ service: Service, from manifest: String, _ tree: [String: String]) -> String {
        var app = AppSpec(name: "app", services: [service])
        app.origins["services.web.languageVersion"] = Origin(file: manifest, why: "stated", confidence: 0.9)
        let input = EmitterInput(app: app, tree: SourceTree(files: tree), written: [])
        return EmitterCatalog.all.flatMap { $0.emit(input) }.first { $0.path == "Dockerfile" }?.contents ?? ""
    }

    private static func service(_ language: String, _ version: String?, start: String = "./web") -> Service {
        Service(
            name: "web", directory: ".", role: .backend, language: language, languageVersion: version, start: start,
            port: 8000)
    }

    @Test(arguments: [
        ("5.4", "Package.swift", "6.1"), ("5.10", "Package.swift", "6.1"), ("6.2", "Package.swift", "6.2"),
        ("5.9", ".swift-version", "5.9"), ("5.5", "Dockerfile", "6.1"),
    ])
    func `the tools version of a Swift package is a minimum`(_ stated: String, _ file: String, _ wanted: String) {
        let image = Self.image(Self.service("swift", stated), from: file, ["Package.swift": ""])
        #expect(image.contains("FROM swift:\(wanted)-jammy AS dependencies"), "\(image)")
    }

    @Test(arguments: [
        ("~> 1.14", "1.14", "elixir:1.18-slim", "debian:trixie-slim"),
        (">= 1.15", "1.15", "elixir:1.18-slim", "debian:trixie-slim"),
        ("~> 1.14.0", "1.14.0", "elixir:1.14-slim", "elixir:1.14-slim"),
        ("~> 1.16.1", "1.16.1", "elixir:1.16-slim", "debian:trixie-slim"),
    ])
    func `Elixir's release runs on a Debian with the OpenSSL it was built with`(
        _ requirement: String, _ stated: String, _ build: String, _ runtime: String
    ) {
        let image = Self.image(
            Self.service("elixir", stated, start: "_build/prod/rel/a/bin/a start"), from: "mix.exs",
            ["mix.exs": "def project, do: [app: :a, elixir: \"\(requirement)\"]"])
        #expect(image.contains("FROM \(build) AS build") && image.contains("FROM \(runtime) AS runtime"), "\(image)")
    }

    @Test(arguments: [
        (">=8.2", [], "8.4"), ("^8.1", ["<8.4"], "8.3"), ("^8.1", [">=8.1, <8.3"], "8.2"), ("~8.2.0", [], "8.2"),
        (">=8.2", [">= 8.4", "^7.4 || ^8.0"], "8.4"), ("^7.4", [], "7.4"), ("8.3.*", [], "8.3"),
    ])
    func `PHP is the newest that the project and its locked packages allow`(
        _ own: String, _ packages: [String], _ wanted: String
    ) {
        let locked = packages.map { "{\"name\": \"x/y\", \"require\": {\"php\": \"\($0)\"}}" }.joined(separator: ", ")
        let image = Self.image(
            Self.service("php", "8.2", start: "php -S 0.0.0.0:8000 -t public"), from: "composer.json",
            [
                "composer.json": "{\"require\": {\"php\": \"\(own)\"}}",
                "composer.lock": "{\"packages\": [\(locked)]}", "public/index.php": "",
            ])
        #expect(image.contains("FROM php:\(wanted)-apache AS runtime"), "\(image)")
    }

    @Test func `a hand-written image says which PHP it is`() {
        let image = Self.image(
            Self.service("php", "8.2"), from: "docker/Dockerfile",
            ["composer.json": "{\"require\": {\"php\": \">=8.1\"}}", "public/index.php": ""])
        #expect(image.contains("FROM php:8.2-apache AS runtime"), "\(image)")
    }
}
