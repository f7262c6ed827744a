// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Keys of a Blueprint (render.com/docs/blueprint-spec).
enum RenderKeys {
    static let top: Set<String> = [
        "services", "databases", "envVarGroups", "previews", "previewsEnabled", "previewsExpireAfterDays", "projects",
        "ungrouped", "version",
    ]
    static let service: Set<String> = [
        "type", "name", "runtime", "env", "plan", "region", "branch", "repo", "rootDir", "buildCommand", "startCommand",
        "preDeployCommand", "initialDeployHook", "dockerfilePath", "dockerContext", "dockerCommand", "image",
        "registryCredential", "envVars", "healthCheckPath",
        "autoDeploy", "autoDeployTrigger", "numInstances", "scaling", "disk", "domains", "domain", "headers", "routes",
        "staticPublishPath", "schedule", "buildFilter", "pullRequestPreviewsEnabled", "previews", "ipAllowList",
        "maxmemoryPolicy", "maxShutdownDelaySeconds", "previewPlan", "maintenanceMode", "renderSubdomainPolicy",
    ]
    static let types: Set<String> = ["web", "worker", "pserv", "cron", "static", "keyvalue", "redis"]
}

extension Rule<CheckedFile<RenderBlueprint>> {
    /// Render refuses the Blueprint.
    static let renderUnknownKey = Rule(
        "RW001", .error, "Render does not know the key",
        why: "Render refuses a Blueprint with a key or a type that it does not know.",
        catches: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    envVar: []\n",
            "services:\n  - type: api\n    name: a\n    runtime: python\n",
            "services:\n  - type: keyvalue\n    name: a\n    plan: free\n",
        ],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: A\n        value: b\n",
            "services:\n  - type: keyvalue\n    name: a\n    ipAllowList: []\n",
        ]
    ) { file in
        let root = file.document.root?.mapping?.entries ?? []
        var found = root.filter { !RenderKeys.top.contains($0.key) }.map { entry in
            Violation(
                line: entry.line,
                "\(entry.key) is no key of a Blueprint"
                    + (NearestWord.of(entry.key, among: RenderKeys.top).map { "; write: \($0)" } ?? "; delete it"))
        }
        for service in file.document.services {
            for entry in service.node.mapping?.entries ?? [] where !RenderKeys.service.contains(entry.key) {
                found.append(
                    Violation(
                        line: entry.line,
                        "\(entry.key) is no key of a service"
                            + (NearestWord.of(entry.key, among: RenderKeys.service).map { "; write: \($0)" }
                                ?? "; delete it")))
            }
            if let type = service.node["type"], let text = type.text, !RenderKeys.types.contains(text) {
                found.append(
                    Violation(
                        line: type.line,
                        "\(text) is no type; write one of: \(RenderKeys.types.sorted().joined(separator: ", "))"))
            }
            if let type = service.node["type"], ["keyvalue", "redis"].contains(type.text ?? ""),
                service.node["ipAllowList"] == nil
            {
                found.append(
                    Violation(
                        line: type.line,
                        "a \(type.text ?? "") service must say who reaches it; add: ipAllowList: [] for services of Render alone"
                    ))
            }
        }
        return found
    }

    /// Render looks elsewhere.
    static let renderPath = Rule(
        "RW002", .error, "a path of the Blueprint does not exist",
        why:
            "The first deploy stops: rootDir, dockerContext and dockerfilePath are looked up from the repository's root; "
            + "with a rootDir, dockerfilePath is relative to it.",
        catches: [
            [
                "render.yaml": "services:\n  - type: web\n    name: a\n    runtime: python\n    rootDir: server\n",
                "backend/a.py": "",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    rootDir: backend\n    dockerfilePath: ./backend/Dockerfile\n",
                "backend/Dockerfile": "FROM debian:12\n",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    dockerfilePath: ./api/Dockerfile\n",
                "api/Dockerfile": "FROM node:22\nCOPY package*.json ./\nCOPY . .\n", "api/package.json": "{}",
            ],
        ],
        passes: [
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    dockerfilePath: ./api/Dockerfile\n"
                    + "    dockerContext: ./api\n",
                "api/Dockerfile": "FROM node:22\nCOPY package*.json ./\nCOPY . .\n", "api/package.json": "{}",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: docker\n    rootDir: backend\n    dockerfilePath: ./Dockerfile\n",
                "backend/Dockerfile": "FROM debian:12\n",
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let tree = file.repository.tree
        return file.document.services.flatMap { service -> [Violation] in
            guard service.node["repo"] == nil else { return [] }
            var found: [Violation] = []
            let root = service.rootDirectory?.text ?? "."
            if let place = service.rootDirectory, GoPath.clean(place.text) != ".",
                !tree.hasDirectory(GoPath.clean(place.text))
            {
                found.append(
                    Violation(line: place.line, "the folder \(place.text) does not exist; write the folder of the code")
                )
            } else if let dockerfile = service.dockerfile {
                let path = GoPath.clean(root + "/" + dockerfile.text)
                if !tree.contains(path) {
                    let near = tree.files(named: SourceTree.Entry(path: path).name).first?.path
                    let prefix = GoPath.clean(root) == "." ? "" : GoPath.clean(root) + "/"
                    found.append(
                        Violation(
                            line: dockerfile.line,
                            "\(path) does not exist; "
                                + (near.map {
                                    "write: dockerfilePath: ./\($0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0)"
                                } ?? "write the path of the Dockerfile")))
                } else if let violation = outsideContext(path, of: service, at: dockerfile.line, in: file) {
                    found.append(violation)
                }
            }
            return found
        }
    }

    /// A Dockerfile that copies files of its own folder, in a build that sees another one.
    private static func outsideContext(
        _ path: String, of service: RenderBlueprint.Service, at line: Int, in file: CheckedFile<RenderBlueprint>
    ) -> Violation? {
        let tree = file.repository.tree
        let context = service.buildContext
        let own = SourceTree.Entry(path: path).directory
        guard context != own, let dockerfile = file.repository.dockerfile(path) else { return nil }
        for instruction in dockerfile.reading.file.instructions
        where instruction.keyword == "COPY" && instruction.flag("from") == nil && instruction.heredocs.isEmpty {
            for source in instruction.arguments.dropLast() where !source.contains("$") && !source.contains("://") {
                // `package*.json` needs one match, and package.json is the likely one.
                let name = source.filter { $0 != "*" }
                guard name.contains(where: \.isLetter), BuildContexts.has(name, in: own, of: tree),
                    !BuildContexts.has(name, in: context, of: tree)
                else { continue }
                return Violation(
                    line: line,
                    "\(path):\(instruction.line) copies \(source), which the build does not see from \(context); "
                        + "add: dockerContext: ./\(own)")
            }
        }
        return nil
    }

    /// Render gives the port, and asks there.
    static let renderPort = Rule(
        "RW003", .warning, "the start command ignores Render's PORT",
        why: "Render expects the application on the port of PORT, 10000 unless told otherwise, on 0.0.0.0.",
        catches: ["services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: uvicorn a:app\n"],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: uvicorn a:app --host 0.0.0.0 --port $PORT\n",
            "services:\n  - type: worker\n    name: a\n    runtime: python\n    startCommand: celery -A a worker\n",
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard service.type == "web", let start = service.startCommand, !start.text.contains("PORT"),
                let command = ServerCommandLine(start.text),
                command.isOnLoopback || (command.hasExplicitPort && !service.environment.contains { $0.name == "PORT" })
            else { return nil }
            let flags = command.program == "gunicorn" ? "--bind 0.0.0.0:$PORT" : "--host 0.0.0.0 --port $PORT"
            return Violation(line: start.line, "\(command.program) is not where Render asks; write: \(flags)")
        }
    }

    /// A scratch folder for data that should stay.
    static let renderDisk = Rule(
        "RW004", .warning, "several instances or no disk for what is written",
        why:
            "Files outside a disk are gone with each deploy; a service with a disk can have one instance only, and each "
            + "deploy stops it first.",
        catches: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    numInstances: 2\n    disk:\n      name: d\n      mountPath: /data\n      sizeGB: 1\n"
        ],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    disk:\n      name: d\n      mountPath: /data\n      sizeGB: 1\n"
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard service.node["disk"] != nil, let count = service.node["numInstances"], (count.int ?? 1) > 1 else {
                return nil
            }
            return Violation(line: count.line, "a service with a disk runs once; write: numInstances: 1")
        }
    }

    /// Nobody asks the application.
    static let renderNoCheck = Rule(
        "RW005", .info, "no healthCheckPath",
        why: "Without it Render sends requests to a new instance as soon as its port is open, before it can answer.",
        catches: ["services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: a\n"],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: a\n    healthCheckPath: /health\n",
            "services:\n  - type: web\n    name: a\n    runtime: static\n    staticPublishPath: dist\n",
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard service.type == "web", service.runtime != "static", service.healthPath == nil else { return nil }
            let path = file.repository.app?.services.compactMap(\.healthPath).first ?? "/"
            return Violation(
                line: service.node.line,
                "nothing asks \(service.name?.text ?? "the service"); add: healthCheckPath: \(path)")
        }
    }

    /// Whoever reads the repository knows it.
    static let renderSecret = Rule(
        "RW006", .error, "a secret stands in the Blueprint",
        why: "Whoever can read the repository knows the value; Render can make one up, or ask for it once.",
        catches: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: SECRET_KEY\n        value: a8f3kd92\n"
        ],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: SECRET_KEY\n        generateValue: true\n"
        ]
    ) { file in
        (file.document.services.flatMap(\.environment) + file.document.groupEnvironment).compactMap { variable in
            guard let value = variable.value, !value.isEmpty, !SecretText.isPlaceholder(value),
                SecretText.isSecret(name: variable.name) || SecretText.password(inAddress: value) != nil,
                !["true", "false"].contains(value)
            else { return nil }
            return Violation(
                line: variable.line, "\(variable.name) stands in the file; write: generateValue: true, or sync: false")
        }
    }

    /// Render refuses the Blueprint before anything is made.
    static let renderFreePlan = Rule(
        "RW008", .error, "a free plan for what Render has none for",
        why: "Free instances exist for web services, Postgres and Key Value alone: Render refuses the Blueprint with a "
            + "free worker, cron job or private service.",
        catches: [
            "services:\n  - type: worker\n    name: a\n    runtime: python\n    plan: free\n",
            "services:\n  - type: cron\n    name: a\n    runtime: python\n    plan: free\n    schedule: '0 1 * * *'\n",
        ],
        passes: [
            "services:\n  - type: worker\n    name: a\n    runtime: python\n    plan: starter\n",
            "services:\n  - type: web\n    name: a\n    runtime: python\n    plan: free\n    healthCheckPath: /\n",
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard let plan = service.node["plan"], plan.text == "free", let type = service.type,
                ["worker", "pserv", "cron"].contains(type)
            else { return nil }
            return Violation(line: plan.line, "Render has no free \(type); write: plan: starter")
        }
    }

    /// A gift with a date.
    static let renderFreeDatabase = Rule(
        "RW074", .warning, "the database is deleted after a month",
        why: "Render's free Postgres expires 30 days after it was made, and is deleted with everything in it "
            + "(render.com/docs/free).",
        catches: ["databases:\n  - name: a\n    plan: free\nservices: []\n"],
        passes: ["databases:\n  - name: a\n    plan: basic-256mb\nservices: []\n"]
    ) { file in
        (file.document.root?["databases"]?.sequence ?? []).compactMap { database in
            guard let plan = database["plan"], plan.text == "free" else { return nil }
            return Violation(line: plan.line, "expires 30 days after it was made; write: plan: basic-256mb")
        }
    }

    /// Without a rewrite a reload answers 404.
    static let renderFallback = Rule(
        "RW007", .info, "a static site without a rewrite for its routes",
        why: "A reload of a page that only the client knows answers 404.",
        catches: ["services:\n  - type: web\n    name: a\n    runtime: static\n    staticPublishPath: dist\n"],
        passes: [
            "services:\n  - type: web\n    name: a\n    runtime: static\n    staticPublishPath: dist\n    routes:\n      - type: rewrite\n        source: /*\n        destination: /index.html\n"
        ]
    ) { file in
        file.document.services.compactMap { service in
            guard service.runtime == "static" || service.type == "static", service.node["routes"] == nil else {
                return nil
            }
            // Pages that are files of their own need no rewrite.
            let folder = service.node["rootDir"]?.text.map(GoPath.clean) ?? "."
            let here = file.repository.app?.services.filter { $0.directory == folder } ?? []
            guard here.isEmpty || here.contains(where: { $0.role == .spa }) else { return nil }
            return Violation(
                line: service.node.line,
                "pages of the client answer 404; add: routes: [{type: rewrite, source: /*, destination: /index.html}]")
        }
    }
}

extension Rule<CheckedFile<RailwayConfig>> {
    private static let buildKeys: Set<String> = [
        "builder", "watchPatterns", "buildCommand", "dockerfilePath", "nixpacksConfigPath", "nixpacksPlan",
        "nixpacksVersion",
        "railpackVersion", "buildEnvironment",
    ]
    private static let deployKeys: Set<String> = [
        "startCommand", "preDeployCommand", "numReplicas", "healthcheckPath", "healthcheckTimeout", "restartPolicyType",
        "restartPolicyMaxRetries", "cronSchedule", "region", "multiRegionConfig", "sleepApplication", "runtime",
        "limitOverride",
        "overlapSeconds", "drainingSeconds", "requiredMountPath", "registryCredentials", "ipv6EgressEnabled",
        "useLegacyStacker",
    ]

    /// Railway goes on without it.
    static let railwayUnknownKey = Rule(
        "RW011", .warning, "Railway ignores the key",
        why: "Railway goes on without a key that it does not know, so what it should set is not set.",
        catches: [
            ["railway.json": "{\"deploy\": {\"healthCheckPath\": \"/health\"}}"],
            ["railway.json": "{\"deploy\": {\"releaseCommand\": \"python manage.py migrate\"}}"],
        ],
        passes: [["railway.json": "{\"deploy\": {\"healthcheckPath\": \"/health\"}}"]]
    ) { file in
        [("build", buildKeys), ("deploy", deployKeys)].flatMap { section, known in
            (file.document.root?[section]?.mapping?.entries ?? []).filter { !known.contains($0.key) }.map { entry in
                Violation(
                    line: entry.line,
                    "\(entry.key) is no key of \(section)"
                        + ((renamed[entry.key] ?? NearestWord.of(entry.key, among: known)).map { "; write: \($0)" }
                            ?? "; delete it"),
                    // What was to run there never does.
                    severity: renamed[entry.key] == nil ? nil : .error)
            }
        }
    }

    /// Keys of other platforms that people write for Railway's own.
    private static let renamed = [
        "releaseCommand": "preDeployCommand", "release": "preDeployCommand", "preDeploy": "preDeployCommand",
        "start": "startCommand",
    ]

    /// Railway stops at once.
    static let railwayDockerfile = Rule(
        "RW012", .error, "the Dockerfile of railway.json does not exist",
        why: "The build stops at once: the path is relative to the service's root.",
        catches: [
            [
                "railway.json": "{\"build\": {\"builder\": \"DOCKERFILE\", \"dockerfilePath\": \"docker/Dockerfile\"}}",
                "Dockerfile": "FROM debian:12\n",
            ]
        ],
        passes: [
            [
                "railway.json": "{\"build\": {\"builder\": \"DOCKERFILE\", \"dockerfilePath\": \"Dockerfile\"}}",
                "Dockerfile": "FROM debian:12\n",
            ]
        ]
    ) { file in
        guard file.repository.isWhole, let dockerfile = file.document.dockerfile else { return [] }
        let tree = file.repository.tree
        let path = GoPath.clean(dockerfile.text.hasPrefix("/") ? String(dockerfile.text.dropFirst()) : dockerfile.text)
        guard !tree.contains(path), !tree.contains(GoPath.clean(file.folder + "/" + path)) else { return [] }
        return [Violation(line: dockerfile.line, "\(path) does not exist; write the path of the Dockerfile")]
    }

    /// Railway gives the port.
    static let railwayPort = Rule(
        "RW013", .warning, "the start command ignores Railway's PORT",
        why: "Railway gives the port in PORT and expects the application there, on 0.0.0.0.",
        catches: [["railway.json": "{\"deploy\": {\"startCommand\": \"uvicorn a:app\"}}"]],
        passes: [["railway.json": "{\"deploy\": {\"startCommand\": \"uvicorn a:app --host 0.0.0.0 --port $PORT\"}}"]]
    ) { file in
        guard let start = file.document.startCommand, !start.text.contains("PORT"),
            let command = ServerCommandLine(start.text),
            command.isOnLoopback
        else { return [] }
        return [
            Violation(
                line: start.line, "\(command.program) is not where Railway asks; write: --host 0.0.0.0 --port $PORT")
        ]
    }
}
