// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What visitors upload is gone with the next release.
    static let uploadsInContainer = Rule(
        "AP298", .warning, "what visitors upload is kept in the container",
        why: "A container's own files end with it: every release, and every restart on a platform, deletes them.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    restart: always\n",
                "server.js":
                    "const dir = path.join(process.cwd(), 'uploads', name);\nfs.writeFileSync(path.join(dir, 'a'), file.buffer);\n",
            ],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "server.js": "const upload = multer({ dest: 'uploads/' });\n",
            ],
            [
                "Procfile": "web: node server.js\n",
                "server.js":
                    "const storage = multer.diskStorage({\n  destination: (req, file, cb) => cb(null, './uploads'),\n});\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "src/main/java/Files.java":
                    "private static final String UPLOAD_DIR = \"uploads/profiles/\";\nFiles.copy(in, Paths.get(UPLOAD_DIR, name));\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    volumes: ['files:/app/uploads']\nvolumes: {files: {}}\n",
                "src/main/java/Files.java":
                    "private static final String UPLOAD_DIR = \"uploads/profiles/\";\nFiles.copy(in, Paths.get(UPLOAD_DIR, name));\n",
            ],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    volumes: ['uploads:/app/uploads']\nvolumes: {uploads: {}}\n",
                "server.js": "const upload = multer({ dest: 'uploads/' });\n",
            ],
            ["server.js": "const upload = multer({ dest: 'uploads/' });\n"],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "server.js": "const upload = multer({ storage: multer.memoryStorage() });\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.codeFiles(UploadFolder.endings, with: UploadFolder.words).compactMap { entry in
            guard let text = repository.tree.text(entry.path), let folder = UploadFolder.of(text),
                let place = UploadFolder.loser(of: folder.name, code: entry.path, in: repository)
            else { return nil }
            return Violation(
                file: entry.path, line: folder.line,
                "\(place) keeps no volume for \(folder.name); mount one there, or put the files into an object store")
        }
    }
}

private enum UploadFolder {
    static let words = ["uploads", "upload", "media"]
    static let endings = [".js", ".ts", ".java", ".kt", ".cs", ".go"]
    /// Calls that write a file, in Node, Java, .NET and Go.
    private static let writers = [
        "writeFile", "createWriteStream", "multer(", "diskStorage", ".mv(", "mkdirSync", "pipeline(", "transferTo(",
        "Files.copy(", "Files.write(", "CopyToAsync(", "CopyTo(", "SaveUploadedFile(", ".SaveFile(", "os.Create(",
    ]
    /// Words of a line that says where.
    private static let places = [
        "process.cwd()", "__dirname", "dest:", "cb(null", "destination:", "uploadDir", "UPLOAD_DIR", "Paths.get(",
        "Path.of(", "new File(", "Path.Combine(", "filepath.Join(", "SaveUploadedFile(", "MkdirAll(", "UPLOAD_FOLDER",
        "UPLOAD_PATH",
    ]

    /// A folder below the program's own that uploads are written to.
    static func of(_ text: String) -> (name: String, line: Int)? {
        guard
            writers.contains(where: text.contains)
        else { return nil }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            guard !body.hasPrefix("//"),
                places.contains(where: body.contains), !body.contains("env."), !body.contains("Getenv(")
            else { continue }
            for part in body.split(whereSeparator: { "'\"`".contains($0) }) {
                let name =
                    part.split(separator: "/").filter { $0 != "." && $0 != ".." && $0 != "public" && $0 != "wwwroot" }
                    .first ?? ""
                if ["uploads", "upload", "media", "uploaded_files"].contains(name), !part.contains(" "),
                    !part.hasPrefix("/tmp")
                {
                    return (String(name), index + 1)
                }
            }
        }
        return nil
    }

    /// What runs the code without a volume at the folder.
    static func loser(of folder: String, code path: String, in repository: CheckedRepository) -> String? {
        for unit in repository.deployedUnits where !unit.isForDevelopment && !unit.mountsItsSource {
            guard let service = unit.service, let compose = unit.compose, let context = unit.context,
                context == "." || path.hasPrefix(context + "/")
            else { continue }
            // Two applications can stand in one folder.
            if let app = unit.app, app.directory != ".", !path.hasPrefix(app.directory + "/") { continue }
            // Another rule says it of folders that detection knows.
            if unit.app?.writableDirectories.contains(where: { $0.contains(folder) }) == true { return nil }
            let mounts = compose.anywhere(service.name).flatMap(\.mounts).map { GoPath.clean($0.target) }
            let workdir = unit.dockerfile.finalWorkingFolders.last ?? "/app"
            if mounts.contains(where: { $0.contains(folder) || $0 == workdir || $0.hasSuffix("/public") }) {
                return nil
            }
            return "service \(service.name)"
        }
        guard repository.composeFiles.isEmpty else { return nil }
        if let file = repository.procfiles.first { return file.location }
        return nil
    }
}
