// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Both ends put the bucket into the path.
    static let bucketTwice = Rule(
        "AP218", .warning, "the bucket stands in the path twice",
        why:
            "The page asks for /prefix/bucket/file, and nginx puts the bucket in front of what is left: the store looks for "
            + "bucket/bucket/file and answers 404 for every picture.",
        catches: [
            [
                "nginx.conf":
                    "server {\n  location /media/ {\n    proxy_pass http://localhost:9000/shop-assets/;\n  }\n}\n",
                "web/src/asset.ts":
                    "const bucket = import.meta.env.VITE_BUCKET || 'shop-assets'\nexport const url = (p) => `${base}/${bucket}/${p}`\n",
            ]
        ],
        passes: [
            [
                "nginx.conf": "server {\n  location /media/ {\n    proxy_pass http://localhost:9000/;\n  }\n}\n",
                "web/src/asset.ts":
                    "const bucket = import.meta.env.VITE_BUCKET || 'shop-assets'\nexport const url = (p) => `${base}/${bucket}/${p}`\n",
            ],
            [
                "nginx.conf":
                    "server {\n  location /media/ {\n    proxy_pass http://localhost:9000/shop-assets/;\n  }\n}\n",
                "web/src/asset.ts": "export const url = (p) => `/media/${p}`\n",
            ],
        ]
    ) { repository in
        repository.nginxFiles.flatMap { file in
            file.locations.compactMap { entry -> Violation? in
                guard entry.location.modifier == nil || entry.location.modifier == "^~",
                    let pass = entry.location.proxyPass, let address = pass.parameters.first,
                    let bucket = BucketPaths.bucket(of: address), !entry.location.pattern.contains(bucket),
                    let place = BucketPaths.writer(of: bucket, in: repository)
                else { return nil }
                let end = address.dropLast(address.hasSuffix("/") ? bucket.count + 1 : bucket.count)
                return Violation(
                    file: file.location, line: pass.line,
                    "\(place.file):\(place.line) writes \(bucket) into the path already; write: proxy_pass \(end);")
            }
        }
    }
}

/// Where the name of a bucket is written.
private enum BucketPaths {
    /// The only part of the address's path.
    static func bucket(of address: String) -> String? {
        guard let start = TextSearch.range(of: "://", in: address[...]), !address.contains("$") else { return nil }
        let parts = address[start.upperBound...].split(separator: "/")
        return parts.count == 2 && parts[1].count > 2 ? String(parts[1]) : nil
    }

    /// Code for browsers that has the bucket as its default and puts a bucket into addresses.
    static func writer(of bucket: String, in repository: CheckedRepository) -> (file: String, line: Int)? {
        let endings = [".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"]
        for entry in repository.tree.entries {
            guard endings.contains(where: entry.name.hasSuffix), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                RouteSearch.contains(bytes, Array(bucket.utf8)), let text = repository.tree.text(entry.path),
                BrowserVariables.isRead(in: text)
            else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = lines.firstIndex { $0.contains("/${") && $0.lowercased().contains("bucket}/") }
            if let line { return (entry.path, line + 1) }
        }
        return nil
    }
}
