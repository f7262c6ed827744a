// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

/// Modules of a larger build, and front ends inside a server's code base.
struct ModuleBuildTests {
    private static let boot = "@SpringBootApplication\npublic class App {}\n"

    static let builds: [(files: [String: String], build: String)] = [
        (
            [
                "pom.xml": "<modules><module>api</module></modules>", "mvnw": "",
                "api/pom.xml": "<artifactId>api</artifactId>", "api/src/main/java/App.java": boot,
            ], "cd .. && ./mvnw -B -DskipTests -pl api -am package"
        ),
        (
            [
                "settings.gradle.kts": "include(\":apps:api\")", "build.gradle.kts": "", "gradlew": "",
                "apps/api/build.gradle.kts": "plugins { alias(libs.plugins.spring.boot) }",
                "apps/api/src/main/kotlin/App.kt": boot,
            ], "cd ../.. && ./gradlew --no-daemon :apps:api:bootJar"
        ),
        (["pom.xml": "<artifactId>a</artifactId>", "src/main/java/App.java": boot], "mvn -B -DskipTests package"),
    ]

    @Test(arguments: builds.indices)
    func `a module is built from where its build begins`(_ index: Int) {
        let spec = Detection.detect(SourceTree(files: Self.builds[index].files))
        #expect(spec.services.map(\.build) == [Self.builds[index].build])
    }

    static let oneService: [[String: String]] = [
        [
            "composer.json": "{\"require\": {\"laravel/framework\": \"11\"}}", "artisan": "", "public/index.php": "",
            "package.json":
                "{\"scripts\": {\"build\": \"vite build\"}, \"devDependencies\": {\"vite\": \"6\", \"laravel-vite-plugin\": \"1\"}}",
            "vite.config.js": "export default defineConfig({ plugins: [laravel()] })",
        ],
        [
            "Gemfile": "gem 'rails'\ngem 'jsbundling-rails'\n", "config/application.rb": "", "config.ru": "",
            "package.json":
                "{\"scripts\": {\"build\": \"esbuild app/javascript/*.* --outdir=app/assets/builds\"}, \"dependencies\": {\"esbuild\": \"0.20\", \"react\": \"19\"}}",
        ],
    ]

    @Test(arguments: oneService)
    func `assets that a server's own pages use are no second service`(_ files: [String: String]) {
        #expect(Detection.detect(SourceTree(files: files)).services.map(\.role) == [.backend])
    }

    @Test(arguments: [0, 1])
    func `a target that the tests depend on is still a program`(_ place: Int) {
        var targets = [
            ".executableTarget(name: \"App\", dependencies: [.product(name: \"Hummingbird\", package: \"hummingbird\")])",
            ".testTarget(name: \"AppTests\", dependencies: [.target(name: \"App\")])",
        ]
        if place == 1 { targets.swapAt(0, 1) }
        let spec = Detection.detect(
            SourceTree(files: [
                "Package.swift":
                    "// swift-tools-version:6.0\nlet package = Package(targets: [\(targets.joined(separator: ", "))])\n",
                "Sources/App/main.swift": "",
            ]))
        #expect(spec.services.map(\.framework) == ["hummingbird"])
    }

    @Test(arguments: [(true, nil), (false, ".build/release/App migrate --yes")] as [(Bool, String?)])
    func `Fluent's migrations are a release step unless the program runs them`(_ isAutomatic: Bool, _ release: String?)
    {
        let spec = Detection.detect(
            SourceTree(files: [
                "Package.swift":
                    "// swift-tools-version:6.0\nlet package = Package(targets: [.executableTarget(name: \"App\", dependencies: [.product(name: \"Vapor\", package: \"vapor\"), .product(name: \"Fluent\", package: \"fluent\")])])\n",
                "Sources/App/main.swift": isAutomatic ? "try await app.autoMigrate()\n" : "",
            ]))
        #expect(spec.services.first?.release == release)
    }
}
