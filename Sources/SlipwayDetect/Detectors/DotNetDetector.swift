// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// .NET projects by the SDK that their project file names: web applications and workers.
struct DotNetDetector: Detector {
    let name = "dotnet"
    let account = DetectorAccount(
        recognises:
            "ASP.NET Core applications, worker services, console programs of which an image is made, Entity Framework's migrations.",
        reads: [
            "SDK and packages of .csproj and .fsproj", "Directory.Build.props", "Map… calls and [Route]",
            "addresses in the code and in appsettings.json",
        ],
        confidence: "90 % from the project file")

    private static let packages: [(String, Resource.Kind)] = [
        ("Npgsql", .postgres), ("Pomelo.EntityFrameworkCore.MySql", .mysql), ("MySql.", .mysql),
        ("Microsoft.EntityFrameworkCore.Sqlite", .sqlite), ("Microsoft.Data.Sqlite", .sqlite),
        ("MongoDB.Driver", .mongodb), ("StackExchange.Redis", .redis), ("StackExchangeRedis", .redis),
        ("RabbitMQ.Client", .rabbitmq), ("MassTransit.RabbitMQ", .rabbitmq), ("AWSSDK.S3", .s3),
    ]

    func detect(in repository: Repository) -> [Evidence] {
        let tree = repository.tree
        let projects = ["csproj", "fsproj"].flatMap { tree.files(ending: $0) }
        return projects.flatMap { entry -> [Evidence] in
            guard let text = tree.text(entry.path), !entry.name.lowercased().contains("test") else { return [] }
            if text.utf8.contains("Microsoft.NET.Sdk.Web\"") { return evidence(entry, text, .backend, tree) }
            if text.utf8.contains("Microsoft.NET.Sdk.Worker\"") { return evidence(entry, text, .worker, tree) }
            guard text.utf8.contains("<OutputType>Exe</OutputType>") else { return [] }
            if text.utf8.contains("\"Microsoft.AspNetCore.App\"") { return evidence(entry, text, .backend, tree) }
            // A console program is a tool that people run, unless an image is made of it.
            let isDeployed = repository.images.contains { image, context in
                image.path.parentDirectory == entry.directory || context == entry.directory
                    || image.command?.value.contains(String(entry.name.dropLast(7)) + ".dll") == true
            }
            return isDeployed ? evidence(entry, text, .worker, tree) : []
        }
    }

    /// What a `Directory.Build.props` above states when the project file does not.
    private func outerVersion(of entry: SourceTree.Entry, _ text: String, _ tree: SourceTree) -> (String, String, Int)?
    {
        guard !text.contains("<TargetFramework") else { return nil }
        for folder in PathText.ancestors(of: entry.directory) {
            let path = folder.appending(path: "Directory.Build.props")
            guard let lines = tree.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) else {
                continue
            }
            for (index, line) in lines.enumerated() {
                guard let range = line.range(ofText: "<TargetFramework>net") else { continue }
                return (String(line[range.upperBound...].prefix { $0.isNumber || $0 == "." }), path, index + 1)
            }
        }
        return nil
    }

    /// The project file and those that it references, directly or not.
    private func projects(from path: String, _ tree: SourceTree) -> [String] {
        var found = [path]
        var next = 0
        while next < found.count {
            let project = found[next]
            next += 1
            for line in (tree.text(project) ?? "").split(separator: "\n") where line.has("<ProjectReference") {
                guard let range = line.range(ofText: "Include=") else { continue }
                let target = CodeLine.leadingLiteral(line[range.upperBound...])?.replacing("\\", with: "/")
                if let target,
                    let inner = PathText.normalized(project.parentDirectory.appending(path: target)),
                    tree.contains(inner),
                    !found.contains(inner)
                {
                    found.append(inner)
                }
            }
        }
        return found
    }

    private func sayResources(_ say: inout Testimony, _ path: String, _ tree: SourceTree) {
        let lines = (tree.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.has("PackageReference") {
            for (package, kind) in Self.packages where line.has("\"\(package)") || line.has("\"Aspire.\(package)") {
                say.say(.needs(kind), file: path, line: index + 1, "references \(package)", Confidence.dependency)
            }
        }
    }

    /// Entity Framework's migrations, unless the program runs them when it starts.
    private func sayMigrations(_ say: inout Testimony, _ entry: SourceTree.Entry, _ tree: SourceTree) {
        let folders = projects(from: entry.path, tree).map(\.parentDirectory)
        let sources = folders.flatMap { tree.files(under: $0).filter { $0.path.hasSuffix(".cs") } }
        guard let migration = sources.first(where: { $0.directory.contains("Migrations") }),
            tree.text(migration.path)?.contains(": Migration") == true,
            !sources.contains(where: { source in
                guard !source.directory.contains("Migrations"), let text = tree.text(source.path) else { return false }
                return text.contains(".Migrate()") || text.contains(".MigrateAsync(") || text.contains("EnsureCreated")
            })
        else { return }
        let home = folders.first { migration.directory.relative(to: $0) != nil } ?? entry.directory
        let place = PathText.way(from: entry.directory, to: home)
        say.say(
            .release("dotnet ef database update\(place == "." ? "" : " --project \(place)")"), file: migration.path,
            "Entity Framework's migrations", 0.6)
    }

    /// Health checks that a project of defaults maps for every service that references it.
    private func sharedChecks(_ entry: SourceTree.Entry, _ tree: SourceTree) -> [(String, CodeLine)] {
        projects(from: entry.path, tree).dropFirst().flatMap { project in
            CodeBase(tree, directory: project.parentDirectory, extensions: ["cs", "fs"]).collect { line in
                ["MapHealthChecks", "UseHealthChecks"].flatMap { line.arguments(of: $0) }.map { ($0, line) }
            }
        }
    }

    private func evidence(_ entry: SourceTree.Entry, _ text: String, _ role: Role, _ tree: SourceTree) -> [Evidence] {
        let assembly = String(entry.name.dropLast(".csproj".count))
        var say = Testimony(Subject(entry.directory, role == .backend ? Subject.web : "worker"))
        say.say(.role(role), file: entry.path, line: 1, "project SDK")
        say.say(.language(entry.name.hasSuffix(".fsproj") ? "fsharp" : "csharp"), file: entry.path, "project file")
        say.say(.framework(role == .backend ? "aspnetcore" : "dotnet"), file: entry.path, line: 1, "project SDK")
        say.say(.packageManager("nuget"), file: entry.path, "project file")
        say.say(.install("dotnet restore"), file: entry.path, "project file", Confidence.dependency)
        say.say(.build("dotnet publish -c Release -o out"), file: entry.path, "project file")
        var version = 8
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let range = line.range(ofText: "<TargetFramework>net") {
                let stated = line[range.upperBound...].prefix { $0.isNumber || $0 == "." }
                version = Int(stated.prefix { $0.isNumber }) ?? version
                say.say(
                    .languageVersion(String(stated)), file: entry.path, line: index + 1, "target framework",
                    Confidence.stated)
            }
        }
        if let (stated, file, line) = outerVersion(of: entry, text, tree) {
            version = Int(stated.prefix { $0.isNumber }) ?? version
            say.say(.languageVersion(stated), file: file, line: line, "target framework", Confidence.stated)
        }
        for path in projects(from: entry.path, tree) { sayResources(&say, path, tree) }
        // Since .NET 8 the variable and the images' port 8080, before it ASPNETCORE_URLS and 80:
        // https://learn.microsoft.com/dotnet/core/compatibility/containers/8.0/aspnet-port
        let variable = role == .backend && version >= 8 ? "ASPNETCORE_HTTP_PORTS" : nil
        say.say(
            .start(StartCommand("dotnet out/\(assembly).dll", portVariable: variable)), file: entry.path,
            "what publishing leaves")
        guard role == .backend else { return say.evidence }
        say.say(
            .port(version >= 8 ? 8080 : 80), file: entry.path, ".NET \(version) images' default", Confidence.convention)
        let code = CodeBase(tree, directory: entry.directory, extensions: ["cs", "fs"])
        if let port = DotNetListening.port(in: code, tree) {
            say.say(.port(port.number), file: port.file, line: port.line, port.why)
        }
        sayMigrations(&say, entry, tree)
        let routes = code.collect { line in
            [
                "MapGet", "MapPost", "MapPut", "MapDelete", "MapGroup", "MapHealthChecks", "[Route", "MapHub",
                "UseHealthChecks",
            ]
            .flatMap { line.arguments(of: $0) }
            .map { ($0.hasPrefix("/") ? $0 : "/" + $0.split(separator: "[").joined(), line) }
        }.filter { $0.0 != "/" }
        say.say(paths: routes + sharedChecks(entry, tree))
        return say.evidence
    }
}
