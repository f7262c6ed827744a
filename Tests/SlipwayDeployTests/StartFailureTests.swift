// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import Testing

struct StartFailureTests {
    private func explained(_ code: SlipwayError.Code, _ line: String) -> SlipwayError? {
        var resource = Resource(name: "db", kind: .postgres)
        resource.fixedAddress = FixedAddress(
            host: "pgdb", file: "shop/settings.py", line: 9, remedy: "write in its place: os.environ[\"DB_HOST\"]")
        let application = AppSpec(name: "shop", resources: [resource])
        let error = SlipwayError(code, "python manage.py migrate failed", hint: "less log", details: [line])
        return StartFailure(application, tree: SourceTree(files: [:])).explained(error) as? SlipwayError
    }

    @Test(arguments: [
        "psycopg2.OperationalError: could not translate host name \"pgdb\" to address",
        "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused",
    ])
    func `a server that is not reached is blamed on the address in the code`(_ line: String) {
        let error = explained(.releaseFailed, line)
        #expect(error?.message.hasSuffix("most likely because shop/settings.py:9 looks for postgres at pgdb") == true)
        #expect(error?.hint == "shop/settings.py:9: write in its place: os.environ[\"DB_HOST\"]")
        #expect(error?.details == [line])
    }

    @Test func `other failures keep their own words`() {
        #expect(explained(.releaseFailed, "NameError: name 'x' is not defined")?.hint == "less log")
        #expect(explained(.installFailed, "Connection refused")?.hint == "less log")
    }

    @Test func `a module that no list names is named with its place and its package`() {
        let tree = SourceTree(files: [
            "core/__init__.py": "import os\nfrom celery import Celery\n", "requirements.txt": "django\n",
        ])
        let error = SlipwayError(
            .unhealthyService, "web is failed: it ended", details: ["ModuleNotFoundError: No module named 'celery'"])
        let said = StartFailure(AppSpec(name: "shop"), tree: tree).explained(error) as? SlipwayError
        #expect(said?.message.contains("core/__init__.py:2 imports celery, and requirements.txt does not name") == true)
        #expect(said?.hint == "echo celery >> requirements.txt && slipway up")
    }

    @Test func `a server that is not there is blamed on the missing list`() {
        let tree = SourceTree(files: ["app.py": "from flask import Flask\nimport pymysql\napp = Flask(__name__)\n"])
        let application = AppSpec(
            name: "shop",
            services: [
                Service(name: "web", directory: ".", role: .backend, language: "python", start: "gunicorn app:app")
            ],
            diagnostics: [Diagnostic("DT006", .warning, file: "app.py", line: 1, "")])
        let error = SlipwayError(.unhealthyService, "web is failed: the command gunicorn is not found")
        let said = StartFailure(application, tree: tree).explained(error) as? SlipwayError
        #expect(said?.message.contains("the code imports flask, pymysql, and no requirements file names them") == true)
        #expect(said?.hint == "printf '%s\\n' flask pymysql gunicorn > requirements.txt")
    }
}
