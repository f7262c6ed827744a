// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The engine goes on in another process while people use the application.
@Suite(.serialized, .enabled(if: Tools.has("python3", "curl"), "python3 and curl"))
struct EngineUpgradeTests {
    private static let configuration = """
        name: shop
        services:
          web:
            directory: .
            role: backend
            start: python3 app.py
            port: 8000
            portVariable: PORT
            healthPath: /health
            routes: ["/"]
            replicas: 2
        """

    @Test func `where nothing runs the command says so`() throws {
        let slipway = try Slipway(named: "idle", files: ["slipway.yml": Self.configuration, "app.py": "pass\n"])
        defer { slipway.cleanUp() }
        let result = try slipway.run("engine", "upgrade")
        #expect(result.status == 69 && result.errors.contains("nothing runs here"), "\(result.errors)")
    }

    private func deployed() throws -> (slipway: Slipway, address: String) {
        let slipway = try Slipway(
            named: "shop",
            files: ["slipway.yml": Self.configuration, "app.py": Self.server, "load.py": Self.load])
        let result = try slipway.run("deploy", "--port", "0", "--json")
        try #require(result.status == 0, "\(result.errors)")
        return (slipway, String(try #require(result.output.firstMatch(of: /"address" : "([^"]+)"/)).output.1))
    }

    private func processes(_ slipway: Slipway) throws -> [String] {
        try slipway.run("status", "--json").output
            .matches(of: /"name" : "(web[^"]*)",\n\s*"port" : (\d+),\n\s*"processIdentifier" : (\d+)/)
            .map { "\($0.output.1) \($0.output.2) \($0.output.3)" }
    }

    @Test func `a hand-over under load loses nothing, and a deploy right after it neither`() throws {
        let (slipway, address) = try deployed()
        defer { slipway.cleanUp() }
        let load = Process()
        let report = Pipe()
        load.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        load.arguments = ["python3", slipway.folder.appendingPathComponent("load.py").path, address, "9"]
        load.standardOutput = report
        try load.run()
        defer { if load.isRunning { kill(load.processIdentifier, SIGKILL) } }
        Thread.sleep(forTimeInterval: 1)
        let (before, engineBefore) = (try processes(slipway), try slipway.engineIdentifier())
        let upgrade = try slipway.run("engine", "upgrade")
        #expect(upgrade.status == 0, "\(upgrade.errors)")
        #expect(try processes(slipway) == before, "the processes have noticed nothing")
        #expect(before.count == 2)
        #expect(try slipway.engineIdentifier() != engineBefore)
        let again = try slipway.run("engine", "upgrade")
        #expect(again.status == 75 && again.errors.contains("deploy-locked"), "requests are under way: \(again.errors)")
        try slipway.write(Self.server + "\n# two", to: "app.py")
        let deploy = try slipway.run("deploy", "--watch", "0")
        #expect(deploy.status == 0, "\(deploy.errors)")
        let seen = String(decoding: report.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        load.waitUntilExit()
        #expect(seen.contains("\"lost\": 0") && seen.contains("\"wrong\": 0"), "\(seen)")
        #expect(seen.contains("\"socket\": 1012"), "\(seen)")
        #expect(seen.contains("\"upload\": \"200 80000\""), "\(seen)")
        #expect(kill(engineBefore, 0) != 0, "the process before has ended")
    }

    @Test(arguments: [true, false], [0.03, 0.1])
    func `kill -9 of either process in the middle of a hand-over ends clean`(
        ofPredecessor: Bool, after delay: Double
    ) throws {
        let (slipway, address) = try deployed()
        defer { slipway.cleanUp() }
        let before = try slipway.engineIdentifier()
        let upgrade = try slipway.start("engine", "upgrade")
        let successor = try #require(Self.child(of: before, while: upgrade), "no successor was seen")
        Thread.sleep(forTimeInterval: delay)
        kill(ofPredecessor ? before : successor, SIGKILL)
        upgrade.waitUntilExit()
        let deadline = Date(timeIntervalSinceNow: 20)
        var answer: Int?
        while answer != 200, Date() < deadline {
            answer = try? Web(address: address).get("/").status
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(answer == 200)
        var phase = ""
        while phase != "running", Date() < deadline {
            let status = try slipway.run("status", "--json").output
            phase = String(status.firstMatch(of: /"phase" : "([a-z]+)"/)?.output.1 ?? "")
        }
        #expect(phase == "running")
        #expect(try processes(slipway).count == 2)
        let next = try slipway.run("engine", "upgrade", "--wait", "20")
        #expect(next.status == 0, "\(next.errors)")
        #expect(try Web(address: address).get("/").status == 200)
        #expect(try slipway.run("down").status == 0)
        // The guard around the engine ends a moment after it.
        while try !Self.left(slipway).isEmpty, Date() < deadline { usleep(20_000) }
        #expect(try Self.left(slipway).isEmpty, "nothing is left")
    }

    /// The moments of a hand-over in which it can no longer be taken back, each met every time.
    @Test(arguments: ["dies before it is named", "dies when it is told to go", "loses the one before"])
    func `a hand-over that fails after the successor was named brings the engine back`(_ moment: String) throws {
        let (slipway, address) = try deployed()
        defer { slipway.cleanUp() }
        let before = try slipway.engineIdentifier()
        let impostor = slipway.folder.appendingPathComponent("impostor.py")
        try slipway.write("#!/usr/bin/env python3\n" + Self.impostor, to: "impostor.py")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: impostor.path)
        try slipway.write("\(moment)\n\(Slipway.executable.path)", to: "moment")
        _ = try Background.run(
            "/usr/bin/env", ["python3", "-c", Self.request, impostor.path], in: slipway.folder, environment: [:])
        #expect(FileManager.default.fileExists(atPath: slipway.folder.appendingPathComponent("met").path))
        let deadline = Date(timeIntervalSinceNow: 20)
        var answer: Int?
        while try Date() < deadline && (answer != 200 || slipway.engineIdentifier() == before) {
            answer = try? Web(address: address).get("/").status
            Thread.sleep(forTimeInterval: 0.05)
        }
        #expect(answer == 200)
        #expect(try slipway.engineIdentifier() != before)
        #expect(try processes(slipway).count == 2)
        #expect(try slipway.run("down").status == 0)
    }

    /// Asks the engine to hand over to a program.
    private static let request = """
        import json, socket, sys
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(30)
        peer.connect(json.load(open(".slipway/engine.json"))["socketPath"])
        peer.sendall(json.dumps({"handOver": {"executable": sys.argv[1]}}).encode() + b"\\n")
        print(peer.recv(10000))
        """

    /// Stands between an engine and its successor; the process that is named becomes the real program where one is
    /// needed, and its child passes on what they say.
    private static let impostor = """
        import array, os, signal, socket, struct, sys
        moment, program = open("moment").read().split("\\n")
        above, engine = socket.socket(fileno=os.dup(0)), os.getppid()
        def receive(peer):
            head = b""
            while len(head) < 16:
                part = peer.recv(16 - len(head))
                if not part: sys.exit(1)
                head += part
            length, count = struct.unpack("<QQ", head)
            descriptors = []
            while len(descriptors) < count:
                _, more, _, _ = peer.recvmsg(1, socket.CMSG_SPACE(4 * 253))
                for _, _, data in more:
                    part = array.array("i")
                    part.frombytes(data)
                    descriptors += part
            body = b""
            while len(body) < length:
                body += peer.recv(length - len(body))
            return body, descriptors
        def send(peer, body, descriptors=[]):
            peer.sendall(struct.pack("<QQ", len(body), len(descriptors)))
            for start in range(0, len(descriptors), 200):
                part = array.array("i", descriptors[start:start + 200])
                peer.sendmsg([b"d"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, part)])
            peer.sendall(body)
        def end(process): os.kill(process, signal.SIGKILL)
        if moment == "loses the one before":
            near, far = socket.socketpair()
            if os.fork():
                near.close()
                above.close()
                os.dup2(far.fileno(), 0)
                os.execv(program, [program, "engine", "run", "--successor"])
            far.close()
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            send(above, receive(near)[0])
            body, descriptors = receive(above)
            send(near, body, descriptors)
            for descriptor in descriptors: os.close(descriptor)
            send(above, receive(near)[0])
            receive(above)
            open("met", "w")
            end(engine)
            os._exit(0)
        send(above, b'{"hello":{"format":1,"version":"9"}}')
        receive(above)
        send(above, b'{"ready":{}}')
        if moment == "dies when it is told to go": receive(above)
        open("met", "w")
        end(os.getpid())
        """

    /// The first child that is an engine itself.
    private static func child(of parent: Int32, while process: Process) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: 10)
        while Date() < deadline, process.isRunning {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            for identifier in names.compactMap(Int32.init) {
                guard let line = try? String(contentsOfFile: "/proc/\(identifier)/cmdline", encoding: .utf8),
                    line.hasSuffix("--successor\0"),
                    let stat = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
                    stat.split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(parent)"
                else { continue }
                return identifier
            }
        }
        return nil
    }

    private static func left(_ slipway: Slipway) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int32(name) != nil,
                let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")
            else { return false }
            return folder.hasPrefix(slipway.folder.path)
        }
    }

    private static let server = """
        import base64, hashlib, http.server, os
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                if self.path == "/socket": return self.socket()
                self.answer(b"ok")
            def do_PUT(self):
                self.answer(str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode())
            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def socket(self):
                key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                self.end_headers()
                self.wfile.flush()
                while True:
                    head = self.rfile.read(2)
                    if len(head) < 2: break
                    mask, body = self.rfile.read(4), self.rfile.read(head[1] & 127)
                    if head[0] & 15 == 8: break
                    plain = bytes(b ^ mask[i % 4] for i, b in enumerate(body))
                    self.wfile.write(bytes([0x81, len(plain)]) + plain)
                self.close_connection = True
            def log_message(self, *arguments): pass
        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
        Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """

    /// Connections kept and new ones, one WebSocket that talks, and an upload that takes longer than the socket's grace.
    private static let load = """
        import http.client, json, socket, sys, threading, time, urllib.parse
        where = urllib.parse.urlparse(sys.argv[1])
        end = time.time() + float(sys.argv[2])
        seen = {"good": 0, "lost": 0, "wrong": 0, "errors": [], "socket": None, "echoes": 0, "upload": None}
        lock = threading.Lock()
        def count(name, note=None):
            with lock:
                seen[name] += 1
                if note: seen["errors"].append(note)
        def connect(): return http.client.HTTPConnection(where.hostname, where.port, timeout=20)
        def ask(kept, pause):
            connection = connect()
            while time.time() < end:
                try:
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                    answer.read()
                    count("good" if answer.status == 200 else "wrong")
                except Exception as error:
                    count("lost", repr(error))
                    connection.close()
                if not kept: connection.close()
                time.sleep(pause)
        def talk():
            peer = socket.create_connection((where.hostname, where.port), timeout=20)
            peer.sendall(("GET /socket HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                "Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n").encode())
            stream = peer.makefile("rb")
            while stream.readline().strip(): pass
            while time.time() < end + 5:
                peer.sendall(b"\\x81\\x82\\0\\0\\0\\0hi")
                head = stream.read(2)
                body = stream.read(head[1] & 127) if len(head) == 2 else b""
                if len(head) < 2: break
                if head[0] & 15 == 8:
                    seen["socket"] = int.from_bytes(body[:2], "big")
                    peer.sendall(b"\\x88\\x82\\0\\0\\0\\0" + body[:2])
                    break
                seen["echoes"] += 1
                time.sleep(0.05)
        def upload():
            connection = connect()
            connection.putrequest("PUT", "/upload")
            connection.putheader("Content-Length", "80000")
            connection.endheaders()
            for _ in range(80):
                connection.send(b"x" * 1000)
                time.sleep(0.09)
            answer = connection.getresponse()
            seen["upload"] = f"{answer.status} {answer.read().decode()}"
        work = [threading.Thread(target=ask, args=(True, 0.002 * i)) for i in range(1, 9)]
        work += [threading.Thread(target=ask, args=(False, 0.005)) for _ in range(2)]
        work += [threading.Thread(target=ask, args=(True, 0.7)), threading.Thread(target=talk), threading.Thread(target=upload)]
        for thread in work: thread.start()
        for thread in work: thread.join()
        print(json.dumps(seen))
        """
}
