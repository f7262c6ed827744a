// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What images of several languages install beside the language's own packages.
struct ImagePackageTests {
    private static func dockerfile(_ service: Service, _ files: [String: String]) throws -> String {
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [service]), tree: SourceTree(files: files), written: [])
        return try #require(DockerfileEmitter().emit(input).first?.contents)
    }

    private static let node = Service(
        name: "web", directory: ".", role: .backend, language: "javascript", framework: "express",
        packageManager: "npm", install: "npm ci", build: "npm run build", start: "node dist/index.js", port: 3000)

    @Test(arguments: [
        (#"{"scripts": {"postinstall": "npm run -w @a/c build"}}"#, true),
        (#"{"scripts": {"prepare": "npm run compile", "compile": "tsc -p ."}}"#, true),
        (#"{"scripts": {"postinstall": "npm run generate", "generate": "prisma generate"}}"#, false),
        (#"{"scripts": {"prepare": "husky", "build": "tsc"}}"#, false),
    ])
    func `an installation that builds has the sources`(_ manifest: String, _ needs: Bool) throws {
        let text = try Self.dockerfile(Self.node, ["package.json": manifest, "package-lock.json": "{}"])
        let installs = try #require(text.split(separator: "\n").firstIndex { $0.contains("npm ci") })
        let copies = text.split(separator: "\n").prefix(installs).contains { $0.hasPrefix("COPY . ") }
        #expect(copies == needs, "\(text)")
    }

    @Test func `what starts a browser brings one, on Debian`() throws {
        let text = try Self.dockerfile(
            Self.node, ["package.json": #"{"dependencies": {"puppeteer": "^23.0.0"}}"#, "package-lock.json": "{}"])
        #expect(text.contains("chromium") && text.contains("PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium"), "\(text)")
        #expect(text.contains("-slim") && !text.contains("alpine"))
    }

    @Test func `a bundle that imports a tool keeps it`() throws {
        let manifest =
            #"{"scripts": {"build": "vite build && esbuild server/index.ts --packages=external --bundle --outdir=dist"}}"#
        var files = ["package.json": manifest, "package-lock.json": "{}"]
        #expect(try Self.dockerfile(Self.node, files).contains("npm prune"))
        files["server/vite.ts"] = "import { createServer } from \"vite\"\n"
        #expect(try !Self.dockerfile(Self.node, files).contains("npm prune"))
    }

    @Test(arguments: [
        ("    rmagick (6.0.1)\n", "libmagickwand-dev", "imagemagick"),
        ("    ruby-vips (2.2.2)\n", "build-essential", "libvips"),
        ("    mysql2 (0.5.6)\n", "default-libmysqlclient-dev", "libmariadb3"),
        ("    nokogiri (1.18.0)\n", "zlib1g-dev", "ruby:"),
        ("    charlock_holmes (0.7.9)\n", "libicu-dev", "libicu-dev"),
    ])
    func `gems bring their libraries`(_ line: String, _ build: String, _ run: String) throws {
        let service = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails",
            install: "bundle install",
            start: "bin/rails server", port: 3000)
        let text = try Self.dockerfile(
            service,
            ["Gemfile": "gem 'rails'\n", "Gemfile.lock": "GEM\n  specs:\n\(line)PLATFORMS\n  ruby\n"])
        let parts = text.components(separatedBy: " AS runtime")
        #expect(parts[0].contains(build), "\(text)")
        #expect(parts.last?.contains(run) == true || parts[0].contains(run), "\(text)")
    }

    @Test func `a gem that comes compiled needs no headers`() throws {
        let service = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", install: "bundle install", start: "puma",
            port: 3000)
        let text = try Self.dockerfile(
            service,
            ["Gemfile": "", "Gemfile.lock": "    nokogiri (1.18.0-x86_64-linux-gnu)\nPLATFORMS\n  x86_64-linux\n"])
        #expect(!text.contains("zlib1g-dev"))
    }

    @Test func `the second yarn makes Rails' assets`() throws {
        let service = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails",
            install: "bundle install",
            build: "bundle exec rails assets:precompile", start: "bin/rails server", port: 3000)
        let text = try Self.dockerfile(
            service,
            [
                "Gemfile": "", "package.json": #"{"packageManager": "yarn@4.6.0"}"#, ".yarnrc.yml": "",
                "yarn.lock": "__metadata:\n  version: 8\n",
            ])
        #expect(text.contains("corepack enable") && text.contains("yarn install --immutable"), "\(text)")
        #expect(text.contains(".yarnrc.yml"))
    }

    @Test func `what packages suggest or are developed with is no extension of PHP's`() {
        let lock = """
            {
                "packages": [
                    {
                        "require": {
                            "ext-intl": "*"
                        },
                        "require-dev": {
                            "ext-gmp": "*"
                        },
                        "suggest": {
                            "ext-mongodb": "*"
                        }
                    }
                ],
                "packages-dev": [
                    {
                        "require": {
                            "ext-xsl": "*"
                        }
                    }
                ]
            }
            """
        #expect(PHPExtensions.required(in: lock) == ["intl"])
    }

    @Test func `extensions of a hand-written image are those of ours`() {
        let text =
            "FROM php:8.3-fpm\nRUN docker-php-ext-install -j$(nproc) pdo opcache mysqli \\\n    exif && a2enmod gd\n"
        #expect(PHPExtensions.installed(in: text) == ["exif", "mysqli"])
    }

    @Test func `Symfony's assets are made where PHP's extensions are`() throws {
        let service = Service(
            name: "web", directory: ".", role: .backend, language: "php", framework: "symfony",
            packageManager: "composer",
            install: "composer install", start: "php -S 0.0.0.0:8000", port: 8000)
        let text = try Self.dockerfile(
            service,
            [
                "composer.json":
                    #"{"require": {"symfony/asset-mapper": "7.*"}, "scripts": {"auto-scripts": {"assets:install %PUBLIC_DIR%": "x"}}}"#,
                "importmap.php": "<?php", "bin/console": "", "public/index.php": "",
            ])
        let console = try #require(text.components(separatedBy: " AS runtime").last)
        for command in ["assets:install", "importmap:install", "asset-map:compile"] {
            #expect(console.contains("php bin/console \(command)"), "\(text)")
        }
    }
}
