// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Java and Kotlin: built by the project's own wrapper, run on a run-time image that knows its memory limit.
struct JavaImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { ["java", "kotlin", "scala"].contains(service.language) }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        guard !isDevelopment, let jar = Self.jar(of: text), jar == Self.jar(of: input.service.start) else {
            return text
        }
        return text.replacing(jar, with: "/app/application.jar")
    }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let version = input.version(1, default: "21")
        // A project can have the files of both; the command says which of them builds it.
        let isGradle =
            service.build.map { $0.contains("gradle") }
            ?? (!input.has("pom.xml") && (input.has("build.gradle") || input.has("build.gradle.kts")))
        let wrapper = isGradle ? "gradlew" : "mvnw"
        let hasWrapper = input.has(wrapper)
        let base =
            hasWrapper
            ? "eclipse-temurin:\(version)-jdk-jammy"
            : isGradle ? "gradle:8-jdk\(version)" : "maven:3-eclipse-temurin-\(version)"
        let cache = isGradle ? "type=cache,target=/root/.gradle" : "type=cache,target=/root/.m2"
        let tool = hasWrapper ? "./\(wrapper)" : isGradle ? "gradle" : "mvn"

        var dependencies = DockerStage(base, name: "dependencies", comment: "What the build file names.")
        dependencies.workdir(input.folder)
        let names =
            isGradle
            ? ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradle.properties"]
            : ["pom.xml"]
        dependencies.copy(
            (names + [wrapper]).filter(input.has).map { input.relative(input.path($0)) }, to: "./")
        for folder in [".mvn", "gradle"] where input.tree.hasDirectory(input.path(folder)) {
            dependencies.copy([input.relative(input.path(folder))], to: folder)
        }
        if hasWrapper { dependencies.run(["chmod +x \(wrapper)"]) }
        dependencies.run(
            [isGradle ? "\(tool) --no-daemon dependencies" : "\(tool) -B dependency:go-offline"], mounts: [cache])

        var development = DockerStage("dependencies", name: "development", comment: "Follows changes of the source.")
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        var build = DockerStage("dependencies", name: "build")
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        let command = service.build ?? (isGradle ? "\(tool) build -x test" : "\(tool) -B -DskipTests package")
        let jar = Self.jar(of: service.start)
        build.run(
            (hasWrapper ? ["chmod +x \(wrapper)"] : []) + [
                hasWrapper ? command : command.replacing("./\(wrapper)", with: tool),
                "install -D \(jar.map(ShellWord.quote) ?? (isGradle ? "build/libs/*.jar" : "target/*.jar")) /out/application.jar",
            ], mounts: [cache])

        var runtime = DockerStage(
            "eclipse-temurin:\(version)-jre-jammy", name: "runtime", comment: "What runs, without a compiler.")
        runtime.install(service.systemPackages)
        input.addUser(&runtime)
        runtime.comment("The heap follows the memory limit of the container.")
        runtime.environment([("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError")])
        runtime.workdir(input.folder)
        runtime.copy(["/out/application.jar"], to: "/app/application.jar", from: "build")
        var started = service
        started.start =
            jar == nil
            ? "java -jar /app/application.jar" : service.start.map { self.command($0, isDevelopment: false, input) }
        let image = Layout.Image(
            name: input.image.name, owner: started, services: input.image.services, context: input.image.context,
            dockerfile: input.image.dockerfile)
        ImageInput(layout: input.layout, image: image, tree: input.tree).finish(&runtime, tool: .bash, startPeriod: 60)
        return [dependencies, development, build, runtime]
    }

    /// `target/a.jar` of `java -jar target/a.jar`.
    private static func jar(of start: String?) -> String? {
        start?.split(separator: " ").map(String.init).first { $0.hasSuffix(".jar") }
    }
}
