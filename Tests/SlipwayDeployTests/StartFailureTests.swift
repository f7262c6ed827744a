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
        return StartFailure(application).explained(error) as? SlipwayError
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
}
