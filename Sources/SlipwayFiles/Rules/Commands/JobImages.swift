// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// mvn: not found.
    static let toolNotInJob = Rule(
        "AP350", .error, "a pipeline's job calls a program that its image does not have",
        why: "The job ends with \"not found\": nothing is built, tested or deployed.",
        catches: [
            [
                ".gitlab-ci.yml":
                    "build:\n  image: node:22\n  script:\n    - npm ci\n    - docker build -t shop .\n"
            ],
            [
                "Jenkinsfile":
                    "pipeline {\n  agent { docker { image 'maven:3.9' } }\n  stages {\n    stage('a') { steps { sh 'npm ci' } }\n  }\n}\n"
            ],
            [
                "Jenkinsfile":
                    "pipeline {\n  agent any\n  stages {\n    stage('a') { steps { sh 'mvn package' } }\n  }\n}\n",
                "pom.xml": "<project/>\n",
                "setup.sh": "#!/bin/sh\nset -e\ndocker run -d -p 8081:8080 jenkins/jenkins:lts\n",
            ],
        ],
        passes: [
            [".gitlab-ci.yml": "build:\n  image: docker:27\n  script:\n    - docker build -t shop .\n"],
            [
                ".gitlab-ci.yml":
                    "build:\n  image: node:22\n  script:\n    - apt-get install -y docker.io\n    - docker build -t shop .\n"
            ],
            [
                "Jenkinsfile":
                    "pipeline {\n  agent any\n  tools { maven 'm3' }\n  stages {\n    stage('a') { steps { sh 'mvn package' } }\n  }\n}\n",
                "pom.xml": "<project/>\n",
                "setup.sh": "#!/bin/sh\nset -e\ndocker run -d -p 8081:8080 jenkins/jenkins:lts\n",
            ],
            [
                "Jenkinsfile":
                    "pipeline {\n  agent any\n  stages {\n    stage('a') { steps { sh 'mvn package' } }\n  }\n}\n",
                "pom.xml": "<project/>\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return JobImages.gitLab(repository) + JobImages.jenkins(repository) + JobImages.ownJenkins(repository)
    }
}

/// What official images have of the programs that pipelines call.
private enum JobImages {
    private static let programs: Set<String> = [
        "mvn", "gradle", "npm", "npx", "node", "yarn", "pnpm", "python3", "pip", "go", "docker", "kubectl", "helm",
        "terraform", "cargo", "dotnet", "php", "composer", "ruby", "bundle", "java",
    ]
    /// Those with Debian's build tools have Python too.
    private static let known: [String: Set<String>] = [
        "node": ["npm", "npx", "node", "yarn", "python3"], "maven": ["mvn", "java"], "gradle": ["gradle", "java"],
        "python": ["python3", "pip"], "golang": ["go", "python3"], "rust": ["cargo", "python3"],
        "docker": ["docker"], "alpine": [], "php": ["php"], "composer": ["php", "composer"],
        "ruby": ["ruby", "bundle", "python3"], "openjdk": ["java", "python3"], "eclipse-temurin": ["java"],
        "jenkins/jenkins": ["java", "python3"],
    ]

    /// The first program that the image certainly lacks and no command installs.
    private static func lacking(_ image: String, _ commands: [ToldCommand]) -> (told: ToldCommand, program: String)? {
        let name = ImageName(image)
        guard name.registry.isEmpty || name.registry == "docker.io", let own = known[name.repository],
            !image.contains("$")
        else { return nil }
        let texts = commands.map { $0.command.words.map(\.text) }
        for told in commands {
            guard let program = told.words.first, programs.contains(program), !own.contains(program),
                !told.command.isCondition, !told.command.isFollowedByOr,
                !texts.contains(where: { installs($0) })
            else { continue }
            return (told, program)
        }
        return nil
    }

    /// Whatever is installed can bring a program.
    private static func installs(_ words: [String]) -> Bool {
        ["apt-get", "apt", "apk", "curl", "wget", "dnf", "yum", "corepack", ".", "source", "sdk"].contains {
            words.first == $0 || words.first == "sudo" && words.dropFirst().first == $0
        } || words.contains("-g") || words.contains("--global") || words.first == "pip" && words.contains("install")
    }

    private static func violation(_ found: (told: ToldCommand, program: String), _ image: String) -> Violation {
        Violation(
            file: found.told.file, line: found.told.line,
            "\(image) has no \(found.program); use an image that has it for this job, or install it in the step before")
    }

    static func gitLab(_ repository: CheckedRepository) -> [Violation] {
        repository.pipelines.filter { !$0.location.contains("/") && !$0.includesPipelines }.flatMap { file in
            let whole = file.root?["image"] ?? file.root?.at("default", "image")
            let shared = (file.root?["before_script"] ?? file.root?.at("default", "before_script"))?.texts ?? []
            return file.pipelineJobs.enumerated().compactMap { number, job -> Violation? in
                guard job.node["extends"] == nil, shared.isEmpty, let image = job.node["image"] ?? whole,
                    let name = image.text ?? image["name"]?.text
                else { return nil }
                let commands = repository.toldCommands.filter { $0.file == file.location && $0.block == number }
                return lacking(name, commands).map { violation($0, name) }
            }
        }
    }

    static func jenkins(_ repository: CheckedRepository) -> [Violation] {
        repository.jenkinsFiles.filter { !$0.file.hasTools }.flatMap { path, file -> [Violation] in
            let told = repository.toldCommands.filter { $0.file == path }
            return Set(file.steps.compactMap(\.image)).sorted().compactMap { image in
                let numbers = file.steps.indices.filter { file.steps[$0].image == image }
                return lacking(image, told.filter { numbers.contains($0.block) }).map { violation($0, image) }
            }
        }
    }

    /// A Jenkins that the repository itself starts, and whose steps run in its own container.
    static func ownJenkins(_ repository: CheckedRepository) -> [Violation] {
        guard let jenkins = repository.jenkinsFiles.first(where: { !$0.file.hasTools }),
            let start = startOfJenkins(in: repository),
            !(repository.toldCommands.contains { told in
                told.words.contains("exec") && told.words.contains("install")
            })
        else { return [] }
        let bare = jenkins.file.steps.indices.filter { jenkins.file.steps[$0].image == nil }
        let told = repository.toldCommands.filter { $0.file == jenkins.path && bare.contains($0.block) }
        return lacking(start.image, told).map { found in
            [
                Violation(
                    file: start.file, line: start.line,
                    "\(start.image) has no \(found.program), which \(jenkins.path):\(found.told.line) calls; build an image "
                        + "with it: FROM \(start.image)")
            ]
        } ?? []
    }

    private static func startOfJenkins(in repository: CheckedRepository) -> (image: String, file: String, line: Int)? {
        for told in repository.toldCommands where told.words.starts(with: ["docker", "run"]) {
            if let image = told.words.first(where: { $0.hasPrefix("jenkins/jenkins") }) {
                return (image, told.file, told.line)
            }
        }
        for file in repository.composeFiles {
            for service in file.services where service.build == nil {
                if let image = service.image?.text, image.hasPrefix("jenkins/jenkins") {
                    return (image, file.location, service.line)
                }
            }
        }
        return nil
    }
}
