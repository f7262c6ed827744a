// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The folder means something to some images alone.
    static let unreadInitScripts = Rule(
        "CO164", .error, "scripts for a first start lie in an image that looks for none",
        why:
            "/docker-entrypoint-initdb.d is read by the entry points of databases' images; others never look there, so the "
            + "buckets, users or queues that the scripts make are never made.",
        catches: [
            "services:\n  files:\n    image: minio/minio:RELEASE.2025-04-22T22-12-26Z\n    volumes: ['./buckets.sh:/docker-entrypoint-initdb.d/buckets.sh']\n",
            "services:\n  cache:\n    image: redis:7\n    volumes: ['./seed:/docker-entrypoint-initdb.d:ro']\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    volumes: ['./seed.sql:/docker-entrypoint-initdb.d/seed.sql']\n",
            "services:\n  db:\n    image: someone/database:1\n    volumes: ['./seed.sql:/docker-entrypoint-initdb.d/seed.sql']\n",
        ]
    ) { file in
        // What each makes at its first start: quay.io/minio/minio, hub.docker.com/_/redis, _/rabbitmq, _/memcached.
        let others = [
            "minio": "a job with minio/mc", "redis": "redis-cli in a job", "valkey": "valkey-cli in a job",
            "rabbitmq": "RABBITMQ_LOAD_DEFINITIONS or load_definitions in rabbitmq.conf", "memcached": "a job",
            "elasticsearch": "a job with curl", "opensearch": "a job with curl", "rustfs": "a job with minio/mc",
            "qdrant": "a job with curl", "meilisearch": "a job with curl",
        ]
        return file.services.compactMap { service in
            guard let image = service.image, let advice = others[ImageName(image.text).name],
                service.node["entrypoint"] == nil,
                let mount = service.mounts.first(where: { $0.target.hasPrefix("/docker-entrypoint-initdb.d") })
            else { return nil }
            return Violation(
                line: mount.position.line,
                "\(ImageName(image.text).name) never runs what lies in /docker-entrypoint-initdb.d; write instead: \(advice)"
            )
        }
    }
}
