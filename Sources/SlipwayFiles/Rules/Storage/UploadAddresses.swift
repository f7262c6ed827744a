// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Written here, read there.
    static let uploadsServedElsewhere = Rule(
        "AP513", .error, "uploads are written to one folder and served from another",
        why:
            "A variable moves the folder that the program writes to, and the route that serves the files has the old one "
            + "fixed: every uploaded file answers 404.",
        catches: [
            [
                "deploy.sh": "cat > .env <<EOF\nUPLOAD_DIR=/srv/shop/data/pictures\nEOF\nnpm start\n",
                "package.json": "{}",
                "src/app.js":
                    "const uploadsDir = path.join(__dirname, '..', 'uploads');\napp.use('/uploads', express.static(uploadsDir));\n",
                "src/config.js": "module.exports = { dir: process.env.UPLOAD_DIR || 'uploads' };\n",
            ]
        ],
        passes: [
            [
                "deploy.sh": "cat > .env <<EOF\nUPLOAD_DIR=/srv/shop/data/pictures\nEOF\nnpm start\n",
                "package.json": "{}",
                "src/app.js":
                    "const uploadsDir = process.env.UPLOAD_DIR || path.join(__dirname, '..', 'uploads');\napp.use('/uploads', express.static(uploadsDir));\n",
            ],
            [
                "deploy.sh": "cat > .env <<EOF\nUPLOAD_DIR=./uploads\nEOF\nnpm start\n",
                "package.json": "{}",
                "src/app.js": "app.use('/uploads', express.static('uploads'));\n",
                "src/config.js": "module.exports = { dir: process.env.UPLOAD_DIR || 'uploads' };\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["express.static("])
        return files.compactMap { code in
            guard let served = ServedUploads(code) else { return nil }
            let program = ProgramFolder.of(code.path, repository.tree)
            let variable = UploadVariables.read(below: program, repository).first { !served.definition.contains($0) }
            guard let variable, let given = UploadVariables.given(variable, otherThan: served.folder, repository) else {
                return nil
            }
            return Violation(
                file: code.path, line: served.line,
                "\(given.file):\(given.line) moves the uploads to \(given.value), and this serves \(served.folder); write: "
                    + "express.static(process.env.\(variable) || '\(served.folder)')")
        }
    }

    /// The address is given out, and nobody answers there.
    static let uploadsServedNowhere = Rule(
        "AP514", .error, "an uploaded file gets an address that nothing serves",
        why:
            "The code writes the file to its disk and answers with an address below /uploads; no route, no folder of static "
            + "files and no location of nginx serves it: every picture is a 404.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"src/upload.js\"]\n",
                "src/upload.js":
                    "fs.writeFileSync(path.join(DIR, name), req.file.buffer);\nconst url = `/uploads/${name}`;\nres.json({ url });\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "upload.js":
                    "const upload = multer({ storage });\nfs.writeFileSync(path.join(dir, name), req.file.buffer);\nres.json({ url: `/media/${name}` });\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"src/upload.js\"]\n",
                "src/app.js": "app.use('/uploads', express.static(DIR));\n",
                "src/upload.js":
                    "fs.writeFileSync(path.join(DIR, name), req.file.buffer);\nconst url = `/uploads/${name}`;\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
                "src/upload.js":
                    "await writeFile(path.join(process.cwd(), 'public', 'uploads', name), data);\nconst url = `/uploads/${name}`;\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"src/upload.js\"]\n",
                "nginx.conf":
                    "events {}\nhttp {\n  server {\n    listen 80;\n    location /uploads/ {\n      alias /srv/uploads/;\n    }\n  }\n}\n",
                "src/upload.js":
                    "fs.writeFileSync(path.join(DIR, name), req.file.buffer);\nconst url = `/uploads/${name}`;\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let writers = ["writeFileSync(", "writeFile(", "createWriteStream(", "diskStorage(", "dest:"]
        let found = repository.code([".js", ".ts", ".mjs"], with: ["`/uploads/${", "'/uploads/'", "\"/uploads/\""])
            .compactMap { code -> (code: CodeText, line: Int)? in
                guard code.bare.contains(where: { line in writers.contains(where: line.contains) }),
                    let line = code.line(
                        with: "='/uploads/${", ":'/uploads/${", "return'/uploads/${", "='/uploads/'+", ":'/uploads/'+")
                else { return nil }
                return (code, line)
            }
        guard !found.isEmpty, !ServedUploads.areServed(in: repository) else {
            return UnservedAddress.violation(in: repository).map { [$0] } ?? []
        }
        return found.map { item in
            Violation(
                file: item.code.path, line: item.line,
                "nothing answers below /uploads; write: app.use('/uploads', express.static(…)) with the folder that is "
                    + "written here")
        }
    }
}

/// The folder of a program: the nearest one with a package.json.
private enum ProgramFolder {
    static func of(_ path: String, _ tree: SourceTree) -> String {
        var folder = SourceTree.Entry(path: path).directory
        while folder != ".", !tree.contains(folder + "/package.json") {
            folder = SourceTree.Entry(path: folder).directory
        }
        return folder
    }
}

/// A folder of uploads that a route serves and that no variable moves.
private struct ServedUploads {
    let line: Int
    /// Seen from the program: `uploads`.
    let folder: String
    /// The code that says the folder.
    let definition: String

    init?(_ code: CodeText) {
        let index = code.bare.firstIndex { line in
            line.contains("express.static(") && line.lowercased().contains("upload")
        }
        guard let index, let body = code.body(after: "express.static(", from: index)?.text else { return nil }
        line = index + 1
        let argument = body.prefix { $0 != "," || body.contains("path.") }
        if argument.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
            let heads = ["const\(argument)=", "let\(argument)=", "var\(argument)="]
            guard let start = code.bare.firstIndex(where: { line in heads.contains(where: line.hasPrefix) }) else {
                return nil
            }
            let rest = code.bare[start..<min(code.bare.count, start + 4)].joined()
            definition = String(rest.prefix { $0 != ";" })
        } else {
            definition = String(argument)
        }
        guard !definition.lowercased().contains("config"), !definition.lowercased().contains("upload_") else {
            return nil
        }
        let parts = definition.split(separator: "'", omittingEmptySubsequences: false)
        let texts = parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
        guard let last = texts.last(where: { $0.contains("upload") }) else { return nil }
        folder = GoPath.clean(last.split(separator: "/").filter { $0 != ".." && $0 != "." }.joined(separator: "/"))
    }

    /// Words of code that serves files from a disk.
    private static let signs = [
        "express.static", "serveStatic", "serve-static", "ServeStatic", "StaticFiles", "sendFile",
        "send_from_directory",
        "fastify/static", "fastifyStatic", "koa-static", "useStaticAssets", "createReadStream", "readFile(",
        "readFileSync(",
        "FileResponse", "static(settings.MEDIA", "'/uploads'", "\"/uploads\"", "/uploads/:", "/uploads/*",
        "public/uploads",
        "'public', 'uploads'", "\"public\", \"uploads\"", "'public'", "\"public\"",
    ]

    /// Whether code, a proxy or a platform's file answers below /uploads.
    static func areServed(in repository: CheckedRepository) -> Bool {
        let code =
            repository.code([".js", ".ts", ".mjs", ".cjs", ".py", ".go", ".java", ".tsx"], with: signs).contains {
                code in
                code.path.contains("upload") || code.path.contains("file") || code.path.contains("media")
                    || code.lines.contains { line in
                        signs.contains(where: line.contains) && !line.contains("readFile") && !line.contains("'public'")
                            && !line.contains("\"public\"") && !isAsked(line)
                    }
            } && !onlyNames(repository)
        guard !code else { return true }
        let proxies = repository.nginxFiles.flatMap { $0.servers.flatMap(\.locations) }
        if proxies.contains(where: { location in
            location.directive.parameters.contains { $0.contains("upload") }
                && (location.directive.first("alias") != nil || location.directive.first("root") != nil)
        }) {
            return true
        }
        // A guide or a script can write the server's own configuration.
        let told = repository.documents.map(\.path) + repository.scripts.map(\.location)
        if told.contains(where: { path in
            repository.tree.bytes(path).map { ByteSearch.contains("location /uploads".utf8, in: $0) } == true
        }) {
            return true
        }
        return repository.tree.entries.contains { entry in
            guard
                ["Caddyfile", "vercel.json", "netlify.toml", ".htaccess"].contains(entry.name)
                    || entry.name.hasPrefix("next.config"), let bytes = repository.tree.bytes(entry.path)
            else { return false }
            return ByteSearch.contains("uploads".utf8, in: bytes)
        }
    }

    /// A line that asks for the address or compares it serves nothing.
    private static func isAsked(_ line: Substring) -> Bool {
        ["fetch(", "startsWith(", "includes(", "replace(", "indexOf("].contains(where: line.contains)
    }

    /// Whether no file has more than a name in common with serving.
    private static func onlyNames(_ repository: CheckedRepository) -> Bool {
        let certain = signs.filter { !["readFile(", "readFileSync(", "'public'", "\"public\""].contains($0) }
        return repository.code([".js", ".ts", ".mjs", ".cjs", ".py", ".go", ".java", ".tsx"], with: certain).isEmpty
            && repository.code([".js", ".ts", ".mjs", ".tsx"], with: ["'public'", "\"public\"", "readFile"]).filter {
                $0.lines.contains { line in line.lowercased().contains("upload") }
            }.isEmpty
    }
}

/// Variables that move the folder of uploads.
private enum UploadVariables {
    /// Those that the code of a program reads.
    static func read(below program: String, _ repository: CheckedRepository) -> [String] {
        let prefix = program == "." ? "" : program + "/"
        let files = repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["env.UPLOAD"])
            .filter { $0.path.hasPrefix(prefix) }
        let names = files.flatMap { code in
            code.bare.flatMap { line -> [String] in
                var names: [String] = []
                var rest = line[...]
                while let range = TextSearch.range(of: "env.UPLOAD", in: rest) {
                    let tail = rest[range.upperBound...]
                    names.append("UPLOAD" + tail.prefix { $0.isUppercase || $0.isNumber || $0 == "_" })
                    rest = tail
                }
                return names
            }
        }
        return Set(names).filter { name in ["DIR", "PATH", "FOLDER", "ROOT"].contains(where: name.contains) }.sorted()
    }

    /// Where a file that deploys gives the variable another folder.
    static func given(
        _ name: String, otherThan folder: String, _ repository: CheckedRepository
    ) -> (value: String, file: String, line: Int)? {
        let scripts = repository.scripts.filter { !$0.isForDevelopment }.map { ($0.location, $0.text) }
        let composes = repository.composeFiles.filter { !$0.isForDevelopment }.map { ($0.location, $0.text) }
        let flies = repository.flyFiles.map { ($0.location, $0.text) }
        for (file, text) in scripts + composes + flies {
            for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let range = TextSearch.range(of: name, in: raw), !raw.trimmed.hasPrefix("#") else { continue }
                let rest = raw[range.upperBound...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
                guard let sign = rest.first, sign == "=" || sign == ":" else { continue }
                let value = rest.dropFirst().drop { " \"'".contains($0) }.prefix { !" \"'\r".contains($0) }
                guard let last = value.split(separator: "/").last, !value.hasPrefix("${"), last != folder,
                    last != (folder.split(separator: "/").last ?? ""), value.contains("/")
                else { continue }
                return (String(value), file, index + 1)
            }
        }
        return nil
    }
}
