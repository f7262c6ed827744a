// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Files that a back end leaves to whoever stands before it.
struct PublicFolderTests {
    private static var web: Service {
        Service(
            name: "web", directory: ".", role: .backend, language: "python", framework: "django",
            packageManager: "pip", install: "pip install -r requirements.txt",
            build: "python manage.py collectstatic --noinput", start: "gunicorn shop.wsgi --bind 0.0.0.0:8000",
            release: "python manage.py migrate --noinput", port: 8000, writableDirectories: ["media"], routes: ["/"],
            publicFolders: [
                PublicFolder(path: "/media", directory: "media"),
                PublicFolder(path: "/static", directory: "staticfiles"),
            ])
    }

    private static func files(_ services: [Service]) -> [String: String] {
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: services),
            tree: SourceTree(files: ["manage.py": "", "requirements.txt": "django\n", "client/package.json": "{}"]),
            written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    @Test func `a gateway serves them from volumes`() throws {
        let files = Self.files([Self.web])
        let nginx = try #require(files["deploy/gateway/nginx.conf"])
        #expect(nginx.contains("location ^~ /static/ {\n            root /srv/web/public;"), "\(nginx)")
        #expect(nginx.contains("location ^~ /media/ {\n            root /srv/web/written;"), "\(nginx)")
        #expect(nginx.contains("script-src 'none'"), "\(nginx)")
        let compose = try #require(files["docker-compose.prod.yml"])
        #expect(compose.contains("- web-public:/srv/web/public:ro"), "\(compose)")
        #expect(compose.contains("- web-media:/srv/web/written/media:ro"), "\(compose)")
        #expect(
            compose.contains("cp -R --remove-destination /app/staticfiles/. /srv/web/public/static"), "\(compose)")
        #expect(compose.contains("      web-public:\n        condition: service_completed_successfully"), "\(compose)")
        let image = try #require(files["Dockerfile"])
        #expect(image.contains("/folders/srv/web/public"), "\(image)")
        #expect(try #require(files[".dockerignore"]).contains("\nstaticfiles\n"))
        // Django serves them itself while it is developed.
        let development = try #require(files["docker-compose.dev.yml"])
        #expect(!development.contains("gateway") && !development.contains("web-public"), "\(development)")
    }

    @Test func `pages in front serve them, and their own files below the same path`() throws {
        var web = Self.web
        web.routes = ["/admin", "/api"]
        let client = Service(
            name: "client", directory: "client", role: .spa, language: "javascript", packageManager: "npm",
            install: "npm ci", build: "npm run build", outputDirectory: "build", routes: ["/"])
        let files = Self.files([client, web])
        #expect(files["deploy/gateway/nginx.conf"] == nil)
        let nginx = try #require(files["client/nginx.conf"])
        #expect(nginx.contains("try_files $uri @pages;"), "\(nginx)")
        #expect(nginx.contains("location @pages {\n            try_files $uri =404;"), "\(nginx)")
        let compose = try #require(files["docker-compose.yml"])
        #expect(compose.contains("- web-public:/srv/web/public:ro"), "\(compose)")
    }

    @Test func `Fly's proxy serves what the build left`() throws {
        let fly = try #require(Self.files([Self.web])["fly.toml"])
        #expect(fly.contains("guest_path = \"/app/staticfiles\""), "\(fly)")
        #expect(fly.contains("url_prefix = \"/static/\""), "\(fly)")
        #expect(!fly.contains("/media/"), "\(fly)")
    }

    @Test(arguments: [
        ("/static=staticfiles", "/static=staticfiles"), ("/a/b/=./c/", "/a/b=c"), ("static=x", nil), ("/=x", nil),
        ("/static", nil), ("/static=", nil), ("/static=/srv", nil), ("/static=../x", nil), ("/a/../b=x", nil),
    ])
    func `the text of slipway.yml`(_ text: String, _ read: String?) {
        #expect(PublicFolder(text)?.text == read)
    }
}
