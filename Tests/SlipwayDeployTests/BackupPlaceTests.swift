// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDeploy

struct BackupPlaceTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hush"]

    @Test(
        arguments: [
            ("ssh://me@host:2222/var/backups", "me@host", "/var/backups"), ("ssh://host/x", "host", "/x"),
            ("ssh://-oProxyCommand=x/y", nil, nil), ("ssh://host", nil, nil), ("ssh:///x", nil, nil),
            ("ssh://ho st/x", nil, nil), ("http://host/x", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)])
    func `a folder of another machine is read from its address`(_ text: String, _ host: String?, _ folder: String?) {
        let place = SSHPlace(text)
        #expect(place?.host == host)
        #expect(place?.folder == folder)
    }

    @Test(
        arguments: [
            ("s3://shop/daily", "https://shop.s3.us-east-1.amazonaws.com", "daily/"),
            ("s3://shop", "https://shop.s3.us-east-1.amazonaws.com", ""), ("s3://", nil, nil), ("s3://a b/c", nil, nil),
        ] as [(String, String?, String?)])
    func `a bucket is read from its address`(_ text: String, _ base: String?, _ prefix: String?) throws {
        let place = try S3Place(text, values: Self.keys)
        #expect(place?.base == base)
        #expect(place?.prefix == prefix)
    }

    @Test func `another provider's address is used as Amazon's own tools would`() throws {
        let values = Self.keys.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:9/"]) { $1 }
        #expect(try S3Place("s3://shop/a/b", values: values)?.base == "http://127.0.0.1:9/shop")
        #expect(throws: SlipwayError.self) { try S3Place("s3://shop", values: [:]) }
    }

    @Test func `credentials are never among the arguments`() async throws {
        let runner = RecordingRunner()
        let place = try #require(try S3Place("s3://shop/a", values: Self.keys, runner: runner))
        _ = try? await place.identifiers()
        #expect(!runner.commands.isEmpty)
        for command in runner.commands { #expect(!command.description.contains("hush")) }
    }

    @Test func `names are encoded as a signature wants them, and read from a listing`() {
        #expect(S3Place.encoded("a b/ü~+") == "a%20b/%C3%BC~%2B")
        #expect(S3Place.encoded("a/b", alsoSlash: true) == "a%2Fb")
        let listing = "<R><Contents><Key>a&amp;b</Key></Contents><Contents><Key>c</Key></Contents></R>"
        #expect(S3Place.values(of: "Key", in: listing) == ["a&b", "c"])
        #expect(S3Place.values(of: "Key", in: "<Key>cut") == [])
    }
}
