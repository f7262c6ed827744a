// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Addresses of uploaded files in code of every kind, and who answers for them.
enum UnservedAddress {
    /// The first address that nothing answers for.
    static func violation(in repository: CheckedRepository) -> Violation? {
        let code = repository.code([".js", ".ts", ".mjs", ".py", ".go"], with: writing)
        let written = code.lazy.compactMap { code in given(in: code).map { (code.path, $0.line, $0.path) } }
        guard let (file, line, path) = written.first, !isServed(path, in: repository) else { return nil }
        return Violation(
            file: file, line: line,
            "nothing answers \(path)/; serve the folder that the file is written to below it, and pass it through the "
                + "proxy", severity: .warning)
    }

    /// What code has that takes files from visitors.
    private static let writing = [
        "multer", "UploadFile", "req.file", "FormFile(", "request.files", "SaveUploadedFile(",
    ]
    private static let places = ["/uploads", "/upload", "/media", "/files", "/images", "/storage", "/static/uploads"]
    private static let keeping = [
        "writeFile", "diskStorage", "createWriteStream", "SaveUploadedFile(", "copyfileobj", "'wb')", "io.Copy(",
        ".save(",
        "os.Create(",
    ]

    /// An address below one of the places, in a file that writes to the disk.
    private static func given(in code: CodeText) -> (line: Int, path: String)? {
        guard code.line(withAny: keeping) != nil, code.line(with: "'public/", "'public'", "/public/", "'static'") == nil
        else {
            return nil
        }
        for (index, line) in code.bare.enumerated() {
            for place in places {
                let signs = ["'\(place)/${", "'\(place)/'+", "f'\(place)/{", "'\(place)/%s'", "}\(place)/${"]
                guard signs.contains(where: line.contains), !line.contains("fetch("), !line.contains("axios"),
                    !line.contains("unlink"), !line.contains("join(")
                else { continue }
                return (index + 1, place)
            }
        }
        return nil
    }

    /// Whether a route, a folder, a proxy or a store answers for the path, or may.
    private static func isServed(_ path: String, in repository: CheckedRepository) -> Bool {
        let name = String(path.dropFirst())
        let servers = [
            "express.static(", "StaticFiles(", "ServeStaticModule", "useStaticAssets", "fastifyStatic",
            "@fastify/static",
            "serve-static", "serveStatic", "send_from_directory", "sendFile(", "http.FileServer", ".Static(",
            ".ServeDir",
            "FileResponse", "koa-static", "createReadStream", "staticPlugin", "static_folder", "addResourceHandlers",
        ]
        return repository.tree.entries.contains { entry in
            let isCode = [".js", ".ts", ".mjs", ".cjs", ".py", ".go", ".tsx", ".java"].contains(
                where: entry.name.hasSuffix)
            let isProxy =
                [".conf", ".template", ".toml", ".json", ".yml", ".yaml", ".md", ".j2", ".sh"].contains(
                    where: entry.name.hasSuffix)
                || entry.name == "Caddyfile"
            guard isCode || isProxy, !entry.path.contains("node_modules/"), !entry.name.contains("lock"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000
            else { return false }
            if isCode { return servers.contains { ByteSearch.contains($0.utf8, in: bytes) } }
            return [
                "location /\(name)", "location ^~ /\(name)", "handle /\(name)", "/\(name)/*", "\(name)|", "|\(name)",
            ]
            .contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}
