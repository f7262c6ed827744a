// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A WAR that Tomcat does not know how to start.
    static let warWithoutInitializer = Rule(
        "AP504", .error, "a Spring application is put into Tomcat and never started there",
        why:
            "Tomcat starts no main(): without a SpringBootServletInitializer it unpacks the files, starts no Spring, and "
            + "every request answers 404.",
        catches: [
            [
                "Dockerfile": "FROM tomcat:10.1-jre21\nCOPY target/shop.war /usr/local/tomcat/webapps/ROOT.war\n",
                "pom.xml": "<project><packaging>war</packaging></project>\n",
                "src/main/java/a/App.java":
                    "@SpringBootApplication\npublic class App {\n  public static void main(String[] a) { SpringApplication.run(App.class, a); }\n}\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM tomcat:10.1-jre21\nCOPY target/shop.war /usr/local/tomcat/webapps/ROOT.war\n",
                "pom.xml": "<project><packaging>war</packaging></project>\n",
                "src/main/java/a/App.java":
                    "@SpringBootApplication\npublic class App extends SpringBootServletInitializer {\n  public static void main(String[] a) { SpringApplication.run(App.class, a); }\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM eclipse-temurin:21-jre\nCOPY target/shop.war /app.war\nCMD [\"java\", \"-jar\", \"/app.war\"]\n",
                "pom.xml": "<project><packaging>war</packaging></project>\n",
                "src/main/java/a/App.java":
                    "@SpringBootApplication\npublic class App {\n  public static void main(String[] a) { SpringApplication.run(App.class, a); }\n}\n",
            ],
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard let base = unit.dockerfile.finalBase, ImageName(base).name == "tomcat",
                unit.instructions.contains(where: { $0.keyword == "COPY" && $0.text.contains(".war") })
            else { return nil }
            let code = repository.code([".java", ".kt"], with: ["SpringBootApplication", "ServletInitializer"])
            guard let main = code.first(where: { $0.line(with: "@SpringBootApplication") != nil }),
                !code.contains(where: { $0.bare.contains { $0.contains("ServletInitializer") } })
            else { return nil }
            return Violation(
                file: main.path, line: main.line(with: "@SpringBootApplication") ?? 1,
                "\(unit.dockerfile.location) puts it into Tomcat; extend SpringBootServletInitializer and override configure, "
                    + "or start the archive with java -jar")
        }
    }
}
